// What storage does when it is killed, full, or away.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { builtFile } from '../../base/index.js'
import { type S3Server, startS3Server } from '../../../test/support/s3-server.js'
import { tinyDisk } from '../../../test/support/tiny-disk.js'
import { type Blobs, openBlobs } from './index.js'

let root = ''
let server: S3Server

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'modelwright-faults-'))
  server = await startS3Server()
}, 60_000)
afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true, force: true })
})

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const collect = async (blobs: Blobs, hash: string): Promise<string> => {
  const digest = createHash('sha256')
  for await (const chunk of (await blobs.get(hash)).stream) digest.update(chunk as Buffer)
  return digest.digest('hex')
}
const hashes = async (blobs: Blobs): Promise<string[]> => {
  const found: string[] = []
  for await (const { hash } of blobs.list()) found.push(hash)
  return found
}
const piece = Buffer.alloc(1_000_000, 'modelwright ')

describe.each(['a folder', 'S3'])('a process that is killed while it stores into %s', (kind) => {
  it('leaves nothing under a hash, and another goes on', async () => {
    const url = kind === 'S3' ? server.url('killed') : join(root, 'killed')
    // Parts of 12 MB, slowly, and a blob beside them: a kill comes in the middle of both.
    const program = `
      import { openBlobs } from ${JSON.stringify(pathToFileURL(builtFile(import.meta.url, './index.js')).href)}
      const blobs = await openBlobs(${JSON.stringify(url)})
      const piece = Buffer.alloc(1_000_000, 'modelwright ')
      const slowly = async function* (pieces) {
        for (let i = 0; i < pieces; i++) {
          yield piece
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
      const upload = await blobs.beginUpload()
      console.log(upload)
      void blobs.put(slowly(Infinity))
      for (let number = 1; ; number++) {
        await blobs.putPart(upload, number, slowly(12))
        console.log(number)
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    while (!output.includes('\n2\n')) await once(child.stdout, 'data')
    await wait(50)
    child.kill('SIGKILL')
    await once(child, 'exit')

    const blobs = await openBlobs(url)
    expect(await hashes(blobs)).toEqual([])
    const [upload, ...told] = output.trim().split('\n')
    const { parts } = await blobs.uploadStatus(upload!)
    // What was acknowledged is there, whole; what was not may be, whole too.
    expect(parts.map(({ number }) => number)).toEqual(expect.arrayContaining(told.map(Number)))
    expect(parts.every(({ size }) => size === 12_000_000)).toBe(true)
    const next = parts.length + 1
    await blobs.putPart(upload!, next, piece)
    const whole = Buffer.concat(Array.from({ length: 12 * parts.length + 1 }, () => piece))
    const blob = await blobs.completeUpload(upload!, { hash: hashOf(whole) })
    expect(await collect(blobs, blob.hash)).toBe(blob.hash)
    await blobs.clean({ temporary: -60, uploads: 60 })
    if (kind === 'a folder') expect(await readdir(join(url, 'temporary'))).toEqual([])
    expect(await hashes(blobs)).toEqual([blob.hash])
  })
})

const disk = tinyDisk(4)

describe.skipIf(disk === undefined)('a full disk [needs the right to mount]', () => {
  it('is told, leaves nothing, and works again when there is space', async () => {
    const blobs = await openBlobs(join(disk!.path, 'artifacts'))
    const kept = await blobs.put('kept')
    const upload = await blobs.beginUpload()
    await blobs.putPart(upload, 1, piece)
    for (const count of [5, 20]) {
      const contents = Array.from({ length: count }, () => piece)
      for (const failing of [
        () => blobs.put(contents),
        () => blobs.put(contents, { hash: hashOf(Buffer.concat(contents)) }),
        () => blobs.putPart(upload, 2, contents),
      ]) {
        await expect(failing()).rejects.toMatchObject({
          code: 'storage',
          message: expect.stringMatching(/the disk is full\. Free some space/) as string,
        })
      }
    }
    expect(await hashes(blobs)).toEqual([kept.hash])
    expect(await readdir(join(disk!.path, 'artifacts', 'temporary'))).toEqual([])
    expect((await blobs.uploadStatus(upload)).parts).toEqual([{ number: 1, size: piece.length }])

    await writeFile(join(disk!.path, 'filler'), Buffer.alloc(2_400_000))
    await blobs.putPart(upload, 2, piece.subarray(0, 500_000))
    // Both parts are there, but not the room for the whole.
    await expect(blobs.completeUpload(upload)).rejects.toMatchObject({ code: 'storage' })
    await rm(join(disk!.path, 'filler'))
    const blob = await blobs.completeUpload(upload)
    expect(await collect(blobs, blob.hash)).toBe(hashOf(Buffer.concat([piece, piece.subarray(0, 500_000)])))
    expect(existsSync(join(disk!.path, 'artifacts', 'uploads', upload, 'part-00001'))).toBe(false)
  })
})

describe('S3 that is away', () => {
  it('is told as overload for a while, and is found again without a restart', async () => {
    const blobs = await openBlobs(server.url('away'), { attempts: 2 })
    const before = await blobs.put('before')
    await server.stop()
    for (const failing of [
      () => blobs.put('meanwhile'),
      () => blobs.put(Array.from({ length: 20 }, () => piece)),
      () => blobs.get(before.hash),
      () => blobs.has(before.hash),
      () => blobs.beginUpload(),
      () => blobs.delete(before.hash),
      () => hashes(blobs),
    ]) {
      await expect(failing()).rejects.toMatchObject({
        code: 'overload',
        details: { retryAfter: expect.any(Number) as number, reason: 'artifacts' },
      })
    }
    await server.start()
    expect(await collect(blobs, before.hash)).toBe(before.hash)
    expect(await hashes(blobs)).toEqual([before.hash])
    await blobs.put('meanwhile')
  })

  it('is waited for within the tries', async () => {
    const blobs = await openBlobs(server.url('waited'), { attempts: 10 })
    await server.stop()
    const putting = blobs.put('patience')
    await wait(100)
    await server.start()
    expect(await collect(blobs, (await putting).hash)).toBe(hashOf(Buffer.from('patience')))
  })

  it('breaks no download that it interrupts', async () => {
    const blobs = await openBlobs(server.url('broken'), { attempts: 10 })
    const { hash, size } = await blobs.put(Array.from({ length: 40 }, () => piece))
    const digest = createHash('sha256')
    let received = 0
    for await (const chunk of (await blobs.get(hash)).stream) {
      if (received === 0) {
        await server.stop()
        await server.start()
      }
      received += (chunk as Buffer).length
      digest.update(chunk as Buffer)
    }
    expect(received).toBe(size)
    expect(digest.digest('hex')).toBe(hash)
  })

  it('copies what S3 would not copy itself', async () => {
    const blobs = await openBlobs(server.url('copied'), { copyLimit: 5_000_000 })
    const { hash } = await blobs.put(
      (function* () {
        for (let i = 0; i < 15; i++) yield piece
      })(),
    )
    expect(await collect(blobs, hash)).toBe(hash)
    expect(await readdir(join(server.folder, 'artifacts', 'copied'))).toEqual(['blobs'])
  })

  it('says what to do about a bucket or a key that is wrong, and shows no secret', async () => {
    const elsewhere = await openBlobs('s3://not-there/x', { attempts: 1 })
    await expect(elsewhere.put('x')).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/NoSuchBucket.*Create the bucket/) as string,
    })
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'NOBODY')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong-secret')
    const blobs = await openBlobs(server.url('denied'), { attempts: 1 })
    const error = await blobs.put('x').catch((reason: unknown) => reason)
    vi.unstubAllEnvs()
    expect(error).toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/Check AWS_ACCESS_KEY_ID/) as string,
    })
    const { inspect } = await import('node:util')
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/wrong-secret|Signature=/)
  })
})

it('says what to install where the packages of AWS are not', async () => {
  const hooks = `export async function resolve(name, context, next) {
    if (!name.startsWith('@aws-sdk/')) return next(name, context)
    throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' })
  }`
  const program = `
    import { register } from 'node:module'
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)})
    const { openBlobs } = await import(${JSON.stringify(pathToFileURL(builtFile(import.meta.url, './index.js')).href)})
    await openBlobs('folder')
    const { code, message, details } = await openBlobs('s3://bucket/x').catch((error) => error)
    console.log(JSON.stringify({ code, message, install: details.install }))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (text: Buffer) => (output += text.toString()))
  await once(child, 'close')
  const install = 'npm install @aws-sdk/client-s3 @aws-sdk/lib-storage'
  expect(JSON.parse(output)).toEqual({
    code: 'engine-missing',
    message: `Artifacts on S3 need packages of AWS that are not installed. Run: ${install}`,
    install,
  })
})
