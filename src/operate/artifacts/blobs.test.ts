import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { type S3Server, startS3Server } from '../../../test/support/s3-server.js'
import { type Blobs, type BlobOptions, openBlobs } from './index.js'

let root = ''
let server: S3Server
let counter = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'modelwright-blobs-'))
  server = await startS3Server()
}, 60_000)
afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true, force: true })
})

const homes: Record<string, () => string> = {
  'a folder': () => join(root, `home-${counter++}`),
  S3: () => server.url(`home-${counter++}`),
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const random = rng(7)
const bytesOf = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, () => Math.floor(random.uniform() * 256)))
// Longer than what is read before anything is written, and no whole number of parts.
const block = bytesOf(300_001)
const large = Buffer.concat(Array.from({ length: 70 }, (_, i) => block.map((byte) => byte ^ i)))

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
const read = async (blobs: Blobs, hash: string, range = {}): Promise<Buffer> =>
  collect((await blobs.get(hash, range)).stream)
/** Compares without listing each byte in a message. */
const expectSame = (a: Uint8Array, b: Uint8Array): void => {
  expect(Buffer.compare(a, b)).toBe(0)
}
const all = async (blobs: Blobs): Promise<string[]> => {
  const hashes: string[] = []
  for await (const { hash } of blobs.list()) hashes.push(hash)
  return hashes
}
/** Where the bytes of a blob lie on the disk, in a folder or behind the server of S3. */
const placeOf = (url: string, hash: string): string => {
  const key = `blobs/${hash.slice(0, 2)}/${hash}`
  return url.startsWith('s3:')
    ? `${url.replace('s3://', `${server.folder}/`)}/${key}._S3rver_object`
    : join(url, key)
}
/** What lies in a home on S3 or in a folder besides blobs. */
const leftovers = async (url: string): Promise<string[]> => {
  const folder = url.startsWith('s3:') ? url.replace('s3://', `${server.folder}/`) : url
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return names
    .filter((item) => item.isFile() && !join(item.parentPath, item.name).includes('/blobs/'))
    .map(({ name }) => name)
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let start = 0
  for (const size of sizes) {
    yield bytes.subarray(start, start + size)
    start += size
  }
  yield bytes.subarray(start)
}

describe.each(Object.keys(homes))('blobs in %s', (kind) => {
  const open = async (options?: BlobOptions): Promise<{ blobs: Blobs; url: string }> => {
    const url = homes[kind]!()
    return { blobs: await openBlobs(url, options), url }
  }

  it('gives back what was put, whatever form it had', async () => {
    const { blobs, url } = await open()
    const file = join(root, 'large.bin')
    await writeFile(file, large)
    const expected = { hash: hashOf(large), size: large.length }
    expect(await blobs.put(Readable.from(cut(large, [1, 0, 70_000])))).toEqual(expected)
    expectSame(await read(blobs, expected.hash), large)
    for (const contents of [large, { file }, new Blob([large]).stream() as AsyncIterable<Uint8Array>]) {
      const other = await open()
      expect(await other.blobs.put(contents)).toEqual(expected)
      expectSame(await read(other.blobs, expected.hash), large)
    }
    const text = await blobs.put('Zoë')
    expect(text).toEqual({ hash: hashOf(Buffer.from('Zoë')), size: 4 })
    expect(await leftovers(url)).toEqual([])
  })

  it('keeps equal contents once, and nothing is nothing', async () => {
    const { blobs } = await open()
    const empty = await blobs.put(new Uint8Array())
    expectSame(await read(blobs, empty.hash), Buffer.alloc(0))
    for (let i = 0; i < 3; i++) await blobs.put(Readable.from([Buffer.from('a'), Buffer.from('bc')]))
    await Promise.all(Array.from({ length: 5 }, () => blobs.put('abc')))
    const abc = hashOf(Buffer.from('abc'))
    expect(await all(blobs)).toEqual([abc, empty.hash].toSorted())
    expect(await blobs.has(abc)).toBe(3)
    await blobs.delete(abc)
    await blobs.delete(abc)
    expect(await blobs.has(abc)).toBeUndefined()
    await expect(blobs.get(abc)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('has the same hash and bytes however contents are cut', async () => {
    const { blobs } = await open()
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.array(fc.nat(1500), { maxLength: 8 }),
        async (bytes, sizes) => {
          const { hash, size } = await blobs.put(Readable.from(cut(bytes, sizes)))
          expect({ hash, size }).toEqual({ hash: hashOf(bytes), size: bytes.length })
          const upload = await blobs.beginUpload()
          for (const [i, part] of [...cut(bytes, sizes)].entries()) await blobs.putPart(upload, i + 1, part)
          expect(await blobs.completeUpload(upload)).toEqual({ hash, size })
          expectSame(await read(blobs, hash), Buffer.from(bytes))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('reads any range', async () => {
    const { blobs } = await open()
    const bytes = bytesOf(700_000)
    const { hash } = await blobs.put(bytes)
    await fc.assert(
      fc.asyncProperty(fc.nat(700_000), fc.nat(800_000), fc.boolean(), async (a, b, verify) => {
        const [start, end] = a < b ? [a, b] : [b, a]
        expectSame(await read(blobs, hash, { start, end, verify }), bytes.subarray(start, end))
      }),
      { numRuns: 25 },
    )
    expectSame(await read(blobs, hash, { start: 700_000 }), Buffer.alloc(0))
    for (const range of [{ start: -1 }, { start: 700_001 }, { start: 5, end: 4 }, { start: 0.5 }]) {
      await expect(blobs.get(hash, range)).rejects.toMatchObject({ code: 'usage' })
    }
  })

  it('lists more than fit into one answer', async () => {
    const { blobs, url } = await open()
    const { hash } = await blobs.put('first')
    const hashes = Array.from({ length: 1030 }, (_, i) => hashOf(Buffer.from(String(i))))
    // Straight into the home, which is much faster.
    for (const other of hashes) {
      await mkdir(join(placeOf(url, other), '..'), { recursive: true })
      await writeFile(placeOf(url, other), '')
    }
    await writeFile(placeOf(url, hash).replace(hash, 'no hash'), '')
    expect(await all(blobs)).toEqual([hash, ...hashes].toSorted())
  })

  it('refuses what is too large, without a trace', async () => {
    const { blobs, url } = await open({ maxBlobBytes: 9_000_000 })
    for (const contents of [large, Readable.from(cut(large, [5000]))]) {
      await expect(blobs.put(contents)).rejects.toMatchObject({
        code: 'limit',
        details: { limit: 9_000_000 },
      })
    }
    await expect(
      blobs.put(
        (async function* () {
          for (;;) yield await Promise.resolve(Buffer.alloc(100_000))
        })(),
      ),
    ).rejects.toMatchObject({ code: 'limit' })
    expect(await all(blobs)).toEqual([])
    expect(await leftovers(url)).toEqual([])
  })

  it('keeps nothing of a source that fails, is aborted or is not what it was said to be', async () => {
    const { blobs, url } = await open()
    for (const length of [10, large.length]) {
      const bytes = large.subarray(0, length)
      async function* failing() {
        yield* await Promise.resolve(cut(bytes, [3]))
        throw Object.assign(new Error('the sender left'), { code: 'ECONNRESET' })
      }
      await expect(blobs.put(failing())).rejects.toThrow('the sender left')
      await expect(blobs.put(failing(), { hash: hashOf(bytes) })).rejects.toThrow('the sender left')
      const controller = new AbortController()
      // Gives some bytes and then waits for ever.
      const stuck = new Readable({ read: () => undefined })
      stuck.push(bytes)
      setImmediate(() => controller.abort(new Error('stopped')))
      await expect(blobs.put(stuck, { signal: controller.signal })).rejects.toThrow(/stopped|aborted/)
      await expect(
        blobs.put(Readable.from(cut(bytes, [])), { hash: hashOf(Buffer.from('x')) }),
      ).rejects.toMatchObject({ code: 'format', details: { received: hashOf(bytes) } })
    }
    await expect(blobs.put(Readable.from(['text'], { objectMode: true }))).rejects.toMatchObject({
      code: 'usage',
    })
    await expect(blobs.put('x', { claim: () => Promise.reject(new Error('not yours')) })).rejects.toThrow(
      'not yours',
    )
    await expect(
      blobs.put(Readable.from(cut(large, [])), { claim: () => Promise.reject(new Error('not yours')) }),
    ).rejects.toThrow('not yours')
    expect(await all(blobs)).toEqual([])
    expect(await leftovers(url)).toEqual([])
  })

  it('knows files that are none', async () => {
    const { blobs } = await open()
    await expect(blobs.put({ file: join(root, 'missing') })).rejects.toMatchObject({ code: 'not-found' })
    await expect(blobs.put({ file: root })).rejects.toMatchObject({ code: 'usage' })
    await symlink('/etc/hostname', join(root, `link-${kind}`))
    await expect(blobs.put({ file: join(root, `link-${kind}`), follow: false })).rejects.toThrow(
      /symbolic link/,
    )
  })

  it('takes no path for a hash or an upload', async () => {
    const { blobs } = await open()
    for (const name of [
      '..',
      '../../etc/passwd',
      'A'.repeat(64),
      '',
      'x'.repeat(10_000),
      `${'a'.repeat(64)}\n`,
    ]) {
      await expect(blobs.has(name)).rejects.toMatchObject({ code: 'usage' })
      await expect(blobs.get(name)).rejects.toMatchObject({ code: 'usage' })
      await expect(blobs.uploadStatus(name)).rejects.toMatchObject({ code: 'not-found' })
      await expect(blobs.putPart(name, 1, 'x')).rejects.toMatchObject({ code: 'not-found' })
      await expect(blobs.abortUpload(name)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  it('uploads in parts, in any order, again and after a restart', async () => {
    const { blobs, url } = await open()
    const id = await blobs.beginUpload()
    expect(await blobs.uploadStatus(id)).toEqual({ id, parts: [], size: 0, blob: undefined })
    const parts = [...cut(large, [1_000_000, 0, 13_000_000])]
    await blobs.putPart(id, 3, parts[2]!)
    await blobs.putPart(id, 1, 'something else')
    await expect(blobs.completeUpload(id)).rejects.toThrow(/part 2 has not arrived/)
    const again = await openBlobs(url)
    expect((await again.uploadStatus(id)).parts).toEqual([
      { number: 1, size: 14 },
      { number: 3, size: 13_000_000 },
    ])
    const hash = hashOf(large)
    await again.putPart(id, 2, parts[1]!)
    await again.putPart(id, 4, parts[3]!)
    await expect(again.completeUpload(id, { hash })).rejects.toMatchObject({ code: 'format' })
    const named = parts.map((part, i) => ({ number: i + 1, hash: hashOf(part) }))
    await expect(again.completeUpload(id, { parts: named })).rejects.toThrow(/Part 1 .* Send it again/)
    await expect(again.completeUpload(id, { parts: named.slice(1) })).rejects.toMatchObject({ code: 'usage' })
    expect(await all(blobs)).toEqual([])
    expect((await again.putPart(id, 1, parts[0]!)).hash).toBe(named[0]!.hash)
    const blob = await again.completeUpload(id, { parts: named.toReversed(), hash })
    expect(blob).toEqual({ hash, size: large.length })
    expectSame(await read(blobs, hash), large)
    // The answer may have been lost: who asks again gets the same.
    expect(await blobs.completeUpload(id)).toEqual(blob)
    await expect(blobs.putPart(id, 1, 'x')).rejects.toMatchObject({ code: 'conflict' })
    expect(await leftovers(url)).toHaveLength(url.startsWith('s3:') ? 6 : 2)
    await blobs.abortUpload(id)
    expect(await leftovers(url)).toEqual([])
    await expect(blobs.completeUpload(id)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('knows the limits of parts', async () => {
    const { blobs } = await open({ maxBlobBytes: 9_000_000 })
    const id = await blobs.beginUpload()
    for (const number of [0, -1, 1.5, 10_001, Number.NaN]) {
      await expect(blobs.putPart(id, number, 'x')).rejects.toMatchObject({ code: 'invalid-option' })
    }
    await expect(blobs.putPart(id, 1, large)).rejects.toMatchObject({ code: 'limit' })
    for (const number of [1, 2]) await blobs.putPart(id, number, large.subarray(0, 5_000_000))
    await expect(blobs.completeUpload(id)).rejects.toMatchObject({ code: 'limit' })
    const empty = await blobs.beginUpload()
    expect(await blobs.completeUpload(empty)).toMatchObject({ size: 0 })
  })

  it('forgets uploads that were left, and keeps those that go on', async () => {
    const { blobs, url } = await open()
    const id = await blobs.beginUpload()
    await blobs.putPart(id, 1, 'x')
    await blobs.clean({ temporary: 60, uploads: 60 })
    expect((await blobs.uploadStatus(id)).size).toBe(1)
    await blobs.clean({ temporary: -60, uploads: -60 })
    await expect(blobs.uploadStatus(id)).rejects.toMatchObject({ code: 'not-found' })
    expect(await leftovers(url)).toEqual([])
  })

  it('never gives the whole of a damaged blob', async () => {
    const { blobs, url } = await open()
    const { hash } = await blobs.put(large)
    const place = placeOf(url, hash)
    const wrong = await readFile(place)
    wrong[20_000_000]! ^= 1
    await writeFile(place, wrong)
    let received = 0
    const reading = async (range: object): Promise<void> => {
      received = 0
      for await (const chunk of (await blobs.get(hash, range)).stream) received += (chunk as Buffer).length
    }
    await expect(reading({})).rejects.toMatchObject({ code: 'format' })
    expect(received).toBeLessThan(large.length)
    await expect(blobs.get(hash, { start: 5, end: 10, verify: true })).rejects.toMatchObject({
      code: 'format',
    })
    await truncate(place, 1_000_000)
    await expect(reading({})).rejects.toMatchObject({ code: 'format' })
    // The same contents, stored again, mend it; a damaged byte on S3 is for S3 to mend.
    await blobs.put(large)
    expectSame(await read(blobs, hash), large)
  })
})

describe('addresses', () => {
  it.each([
    ['gs://bucket/x', /begins with 'gs:', expected a folder or 's3:\/\/bucket\/prefix'/],
    ['s3://', /names the bucket ''/],
    ['s3:bucket', /names the bucket ''/],
    ['s3://Bad_Name/x', /names the bucket 'Bad_Name'/],
    ['s3://key:secret@bucket/x', /keys do not belong into an address/],
  ])('%s is refused with a sentence', async (url, message) => {
    const error = await openBlobs(url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(message) as string })
    expect((error as Error).message).not.toContain('secret@')
  })

  it('come from the variable where none is given', async () => {
    process.env['MODELWRIGHT_ARTIFACTS'] = new URL(`file://${join(root, 'from variable')}`).href
    try {
      expect((await openBlobs()).url).toBe(join(root, 'from variable'))
    } finally {
      delete process.env['MODELWRIGHT_ARTIFACTS']
    }
  })
})
