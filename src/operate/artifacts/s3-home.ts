// Bytes in a bucket of S3, or of a server that speaks its protocol. The only door to the packages of AWS, which are loaded at the first use.
import { Readable } from 'node:stream'
import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3'
import { EngineMissingError } from '../../base/index.js'
import type { ByteRange, Home, Kept } from './home.js'
import type { S3Address } from './s3-address.js'
import { isAway, isMissing, s3Error } from './s3-errors.js'

export interface S3Options {
  /** Tries of one request while the server is away, with pauses that double from a tenth of a second. */
  readonly attempts: number
  /** The largest thing that is written: it decides the size of parts. */
  readonly maxBytes: number
  /** More bytes than this are not copied by the server itself: S3 copies up to 5 GiB in one request. */
  readonly copyLimit: number
}

/** Milliseconds that an upload in parts may go on: S3 tells when it began, not when its last part came. */
const slowest = 6 * 86_400_000
const mebibyte = 2 ** 20
/** S3 takes at most so many parts. */
const mostParts = 10_000
/** Parts of an upload; S3 wants at least 5 MiB. Two of them are on their way at once, so an upload holds three in memory. */
const leastPart = 8 * mebibyte
/** Milliseconds until a connection counts as refused, and without a byte as lost. */
const timeouts = { connectionTimeout: 5000, socketTimeout: 60_000 }
/** Connections: each download holds one, and uploads must not wait for them (the default is 50). */
const mostConnections = 256

type Packages = typeof import('@aws-sdk/client-s3') & Pick<typeof import('@aws-sdk/lib-storage'), 'Upload'>

/** Loads the packages. @throws {@link EngineMissingError} when they are not installed */
async function loadPackages(): Promise<Packages> {
  try {
    const [client, { Upload }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/lib-storage'),
    ])
    return { ...client, Upload }
  } catch (error) {
    const install = 'npm install @aws-sdk/client-s3 @aws-sdk/lib-storage'
    throw new EngineMissingError(
      `Artifacts on S3 need packages of AWS that are not installed. Run: ${install}`,
      { engine: '@aws-sdk/client-s3', install, reason: (error as Error).message },
      error,
    )
  }
}

interface Bucket extends S3Address, S3Options {
  readonly packages: Packages
  readonly client: S3Client
  /** The name of a key in messages. */
  readonly placeOf: (key: string) => string
}

/** A home in a bucket. @throws {@link EngineMissingError} when the packages of AWS are not installed */
export async function s3Home(address: S3Address, options: S3Options): Promise<Home> {
  const packages = await loadPackages()
  const bucket: Bucket = {
    ...address,
    ...options,
    packages,
    client: clientOf(packages, address, options.attempts),
    placeOf: (key) => `s3://${address.bucket}/${address.prefix}${key}`,
  }
  return {
    place: bucket.placeOf('').replace(/\/$/, ''),
    remote: true,
    write: (key, source) => write(bucket, key, source),
    read: (key, range) => read(bucket, key, range),
    find: (key) => find(bucket, key),
    move: (from, to) => move(bucket, from, to),
    remove: (key) => remove(bucket, [key]),
    removeAll: (prefix) => removeAll(bucket, prefix),
    list: (prefix) => list(bucket, prefix),
    clean: (before) => clean(bucket, before),
    close: () => bucket.client.destroy(),
  }
}

function clientOf({ S3Client }: Packages, { endpoint, region }: S3Address, maxAttempts: number): S3Client {
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      ...timeouts,
      httpAgent: { maxSockets: mostConnections },
      httpsAgent: { maxSockets: mostConnections },
    },
    // Newer checksums are not known to every server; ours is the name of the blob.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

/** Runs a request about a key; its failure becomes a sentence. */
async function asking<T>(bucket: Bucket, key: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw s3Error(bucket.placeOf(key), error)
  }
}

const named = (bucket: Bucket, key: string) => ({ Bucket: bucket.bucket, Key: bucket.prefix + key })

async function write(bucket: Bucket, key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  let fault: { readonly error: unknown } | undefined
  // Only what the source itself throws: a failed upload, too, ends the reading of it with an error.
  async function* watched(): AsyncGenerator<Uint8Array> {
    const iterator = source[Symbol.asyncIterator]()
    const next = () =>
      iterator.next().catch((error: unknown) => {
        fault = { error }
        throw error
      })
    try {
      for (let step = await next(); step.done !== true; step = await next()) yield step.value
    } finally {
      await iterator.return?.()
    }
  }
  const upload = new bucket.packages.Upload({
    client: bucket.client,
    params: { ...named(bucket, key), Body: Readable.from(watched()) },
    partSize: Math.max(leastPart, Math.ceil(bucket.maxBytes / mostParts)),
    queueSize: 2,
  })
  try {
    // Nothing stands under the key before the last part is there; where it fails, the parts are given up.
    await upload.done()
  } catch (error) {
    throw fault === undefined ? s3Error(bucket.placeOf(key), error) : fault.error
  }
}

/** Goes on from where a connection broke, as long as each try brings something. */
async function* read(bucket: Bucket, key: string, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  let position = start
  for (let last = -1; position < end;) {
    const body = await asking(bucket, key, () => open(bucket, key, { start: position, end }))
    try {
      for await (const chunk of body) {
        position += chunk.length
        yield chunk
      }
      return
    } catch (error) {
      if (!isAway(error) || last === position) throw s3Error(bucket.placeOf(key), error)
      last = position
    } finally {
      body.destroy()
    }
  }
}

async function open(bucket: Bucket, key: string, { start, end }: ByteRange): Promise<Readable> {
  const { client, packages } = bucket
  const command = new packages.GetObjectCommand({
    ...named(bucket, key),
    Range: `bytes=${start}-${end - 1}`,
  })
  const { Body } = await client.send(command)
  return Body as Readable
}

async function find(bucket: Bucket, key: string): Promise<Kept | undefined> {
  try {
    const found = await bucket.client.send(new bucket.packages.HeadObjectCommand(named(bucket, key)))
    return { key, size: found.ContentLength ?? 0, modified: found.LastModified?.getTime() ?? 0 }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw s3Error(bucket.placeOf(key), error)
  }
}

async function move(bucket: Bucket, from: string, to: string): Promise<void> {
  const { size } = (await find(bucket, from)) ?? { size: 0 }
  if (size > bucket.copyLimit) await write(bucket, to, read(bucket, from, { start: 0, end: size }))
  else await copy(bucket, from, to)
  await remove(bucket, [from])
}

async function copy(bucket: Bucket, from: string, to: string): Promise<void> {
  const source = `${bucket.bucket}/${bucket.prefix}${from}`
  await asking(bucket, to, () =>
    bucket.client.send(
      new bucket.packages.CopyObjectCommand({ ...named(bucket, to), CopySource: encodeURI(source) }),
    ),
  )
}

async function remove(bucket: Bucket, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await asking(bucket, key, () =>
      bucket.client.send(new bucket.packages.DeleteObjectCommand(named(bucket, key))),
    )
  }
}

async function removeAll(bucket: Bucket, prefix: string): Promise<void> {
  const keys: string[] = []
  for await (const { key } of list(bucket, prefix)) keys.push(key)
  await remove(bucket, keys)
}

async function* list(bucket: Bucket, prefix: string): AsyncGenerator<Kept> {
  let token: string | undefined
  do {
    const page: ListObjectsV2CommandOutput = await asking(bucket, prefix, () =>
      bucket.client.send(
        new bucket.packages.ListObjectsV2Command({
          Bucket: bucket.bucket,
          Prefix: bucket.prefix + prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      ),
    )
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
      yield { key: Key.slice(bucket.prefix.length), size: Size, modified: LastModified?.getTime() ?? 0 }
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined
  } while (token !== undefined)
}

/** What was put under `temporary/` and never named, and uploads in parts that nobody ended. */
async function clean(bucket: Bucket, before: number): Promise<void> {
  for await (const { key, modified } of list(bucket, 'temporary/')) {
    if (modified < before) await remove(bucket, [key])
  }
  for (const { Key, UploadId, Initiated } of await unfinished(bucket)) {
    if (Initiated === undefined || Initiated.getTime() >= before - slowest) continue
    const command = new bucket.packages.AbortMultipartUploadCommand({
      Bucket: bucket.bucket,
      Key,
      UploadId,
    })
    await asking(bucket, Key ?? '', () => bucket.client.send(command))
  }
}

/** Uploads in parts that are not complete; none where the server cannot list them. */
async function unfinished({ bucket, prefix, client, packages }: Bucket) {
  try {
    const command = new packages.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix })
    return (await client.send(command)).Uploads ?? []
  } catch (error) {
    if (['NotImplemented', 'MethodNotAllowed'].includes((error as Error).name)) return []
    throw s3Error(`s3://${bucket}/${prefix}`, error)
  }
}
