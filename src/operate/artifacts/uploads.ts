// Uploads that survive a lost connection and a restart: parts by number, each whole or not there, joined when all have arrived. A part is
// an object of its own in every home, so that what has arrived is what is listed, and parts may have any size.
import { randomBytes } from 'node:crypto'
import { ConflictError, InvalidOptionError, NotFoundError, UsageError } from '../../base/index.js'
import { keyOf } from './blob-keys.js'
import { bytesOf, type Contents, meter } from './contents.js'
import type { Home, Kept } from './home.js'
import type { StoredBlob, PutOptions } from './put-blob.js'

export interface UploadPart {
  /** From 1; parts are joined in the order of their numbers. */
  readonly number: number
  readonly size: number
}

export interface UploadStatus {
  readonly id: string
  /** The parts that have arrived, in order. */
  readonly parts: readonly UploadPart[]
  /** Bytes of all of them. */
  readonly size: number
  /** What came out, when the upload is complete already. */
  readonly blob: StoredBlob | undefined
}

export interface CompleteOptions extends PutOptions {
  /** The parts that make it up, with the hash of each where it is known; all that have arrived when left out. */
  readonly parts?: readonly { readonly number: number; readonly hash?: string | undefined }[] | undefined
}

export interface Uploads {
  /** Begins an upload and gives its id, which nobody can guess. It is forgotten a week after its last part. */
  beginUpload(): Promise<string>
  /**
   * Stores a part, in place of an earlier one with this number, and gives the hash of its bytes.
   *
   * @param number - 1 to 10,000
   * @throws {@link NotFoundError} for an unknown upload; {@link ConflictError} for one that is complete
   */
  putPart(
    id: string,
    number: number,
    contents: Contents,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<StoredBlob>
  /** What has arrived. @throws {@link NotFoundError} for an unknown upload */
  uploadStatus(id: string): Promise<UploadStatus>
  /**
   * Joins the parts to a blob. The parts are kept until it stands; called again it gives the same blob.
   *
   * @throws {@link UsageError} while a part is missing
   * @throws {@link FormatError} where a hash was given and is another; parts may then be sent again
   */
  completeUpload(id: string, options?: CompleteOptions): Promise<StoredBlob>
  /** Forgets an upload and its parts, also when there is none. */
  abortUpload(id: string): Promise<void>
}

/** As many as S3 has, so that clients that count on it find no other limit. */
const mostParts = 10_000
const idPattern = /^[0-9a-f]{32}$/

/** Whether it has the form of an id: names in a home are made of it. */
function prefixOf(id: string): string {
  if (!idPattern.test(id)) throw unknownUpload(id)
  return `uploads/${id}/`
}

const partKey = (id: string, number: number): string =>
  `${prefixOf(id)}part-${String(number).padStart(5, '0')}`

/** The uploads of a home, joined by the given way to put a blob. */
export function uploadsIn(
  home: Home,
  limit: number,
  put: (contents: Contents, options: PutOptions) => Promise<StoredBlob>,
): Uploads {
  const status = (id: string): Promise<UploadStatus> => statusOf(home, id)
  return {
    async beginUpload() {
      const id = randomBytes(16).toString('hex')
      await home.write(`${prefixOf(id)}begun`, bytesOf('begun'))
      return id
    },
    async putPart(id, number, contents, { signal } = {}) {
      checkNumber(number)
      if ((await status(id)).blob !== undefined) throw alreadyComplete(id)
      const { stream, result } = meter(bytesOf(contents, signal), { limit })
      await home.write(partKey(id, number), stream)
      return result()
    },
    uploadStatus: status,
    async completeUpload(id, options = {}) {
      const { blob, parts } = await status(id)
      if (blob !== undefined) return stillThere(home, id, blob, options)
      const wanted = options.parts ?? parts
      checkComplete(id, wanted, parts)
      const made = await put(joined(home, id, wanted, parts), options)
      await home.write(`${prefixOf(id)}done`, bytesOf(JSON.stringify(made)))
      for (const { number } of parts) await home.remove(partKey(id, number))
      return made
    },
    abortUpload: async (id) => home.removeAll(prefixOf(id)),
  }
}

async function statusOf(home: Home, id: string): Promise<UploadStatus> {
  const parts: UploadPart[] = []
  let known = false
  let done: Kept | undefined
  for await (const kept of home.list(prefixOf(id))) {
    known = true
    if (kept.key.endsWith('/done')) done = kept
    const number = /\/part-(\d{5})$/.exec(kept.key)?.[1]
    if (number !== undefined) parts.push({ number: Number(number), size: kept.size })
  }
  if (!known) throw unknownUpload(id)
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  return { id, parts, size, blob: done === undefined ? undefined : await readBlob(home, done) }
}

async function readBlob(home: Home, { key, size }: Kept): Promise<StoredBlob> {
  const chunks: Uint8Array[] = []
  for await (const chunk of home.read(key, { start: 0, end: size })) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString()) as StoredBlob
}

/** What an upload came to, if nobody has removed it since. */
async function stillThere(
  home: Home,
  id: string,
  blob: StoredBlob,
  options: PutOptions,
): Promise<StoredBlob> {
  await options.claim?.(blob.hash)
  if ((await home.find(keyOf(blob.hash))) === undefined) throw unknownUpload(id)
  return blob
}

/** The bytes of parts one after the other; each is compared with its hash where one is given. */
async function* joined(
  home: Home,
  id: string,
  wanted: readonly { readonly number: number; readonly hash?: string | undefined }[],
  parts: readonly UploadPart[],
): AsyncGenerator<Uint8Array> {
  const sizes = new Map(parts.map(({ number, size }) => [number, size]))
  for (const { number, hash } of wanted.toSorted((a, b) => a.number - b.number)) {
    const end = sizes.get(number)!
    if (end === 0) continue
    const bytes = home.read(partKey(id, number), { start: 0, end })
    yield* hash === undefined ? bytes : comparePart(bytes, number, hash)
  }
}

async function* comparePart(
  bytes: AsyncIterable<Uint8Array>,
  number: number,
  hash: string,
): AsyncGenerator<Uint8Array> {
  const check = (blob: StoredBlob): void => {
    if (blob.hash !== hash) throw partDiffers(number, hash, blob.hash)
  }
  yield* meter(bytes, { limit: Infinity, check }).stream
}

/** Removes uploads to which nothing was added since a time. */
export async function removeStaleUploads(home: Home, before: number): Promise<void> {
  const latest = new Map<string, number>()
  for await (const { key, modified } of home.list('uploads/')) {
    const id = key.split('/')[1]!
    latest.set(id, Math.max(latest.get(id) ?? 0, modified))
  }
  for (const [id, modified] of latest) {
    if (modified < before && idPattern.test(id)) await home.removeAll(prefixOf(id))
  }
}

function checkNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= mostParts) return
  throw new InvalidOptionError(
    `The number of a part is ${number}, expected a whole number from 1 to ${mostParts}. Send larger parts where there are more.`,
    { option: 'number', expected: `1 to ${mostParts}`, received: number },
  )
}

function checkComplete(
  id: string,
  wanted: readonly { readonly number: number }[],
  parts: readonly UploadPart[],
): void {
  const arrived = new Set(parts.map(({ number }) => number))
  const last = Math.max(0, ...wanted.map(({ number }) => number), ...arrived)
  const missing = Array.from({ length: last }, (_, i) => i + 1).find((number) => !arrived.has(number))
  const names = new Set(wanted.map(({ number }) => number))
  const fault =
    missing !== undefined
      ? `part ${missing} has not arrived`
      : names.size !== wanted.length || names.size !== last
        ? `it names ${wanted.length} parts, and ${last} have arrived`
        : undefined
  if (fault === undefined) return
  throw new UsageError(
    `The upload ${id} cannot be completed: ${fault}. Send what is missing, or name each part once.`,
    { argument: 'parts', missing },
  )
}

function partDiffers(number: number, expected: string, received: string): ConflictError {
  return new ConflictError(
    `Part ${number} of the upload has the hash ${received}, expected ${expected}: another was sent in its place. Send it again.`,
    { kind: 'part', id: String(number) },
  )
}

function unknownUpload(id: string): NotFoundError {
  return new NotFoundError(
    `There is no upload '${id.slice(0, 80)}'. It may have been aborted, or forgotten after a week without a part: begin another.`,
    { kind: 'upload', id: id.slice(0, 80) },
  )
}

function alreadyComplete(id: string): ConflictError {
  return new ConflictError(`The upload ${id} is complete already. Begin another one.`, {
    kind: 'upload',
    id,
  })
}
