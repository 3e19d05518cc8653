import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkEvent } from '../../base/index.js'
import { openStore, type Store } from '../store/index.js'
import { type S3Server, startS3Server } from '../../../test/support/s3-server.js'
import { type Artifacts, type ArtifactsOptions, openArtifacts } from './index.js'

let root = ''
let server: S3Server
let counter = 0
const stores: Store[] = []

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'modelwright-artifacts-'))
  server = await startS3Server()
}, 60_000)
afterAll(async () => {
  for (const store of stores) await store.close()
  await server.close()
  await rm(root, { recursive: true, force: true })
})

const folder = async (files: Record<string, string> = {}): Promise<string> => {
  const place = join(root, `folder-${counter++}`)
  await mkdir(place)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(place, path, '..'), { recursive: true })
    await writeFile(join(place, path), text)
  }
  return place
}
const tree = async (place: string): Promise<Record<string, string>> => {
  const items = await readdir(place, { recursive: true, withFileTypes: true })
  const files = items.filter((item) => !item.isDirectory()).map((item) => join(item.parentPath, item.name))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return Object.fromEntries(files.map((file, i) => [file.slice(place.length + 1), texts[i]!]))
}
const textOf = async (artifacts: Artifacts, path: string, of = 'runs/1'): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of (await artifacts.read(of, path)).stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
const hashes = async (artifacts: Artifacts): Promise<string[]> => {
  const found: string[] = []
  for await (const { hash } of artifacts.blobs.list()) found.push(hash)
  return found
}
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const homes: Record<string, () => string> = {
  'a folder': () => join(root, `home-${counter++}`),
  S3: () => server.url(`home-${counter++}`),
}

describe.each(Object.keys(homes))('artifacts in %s', (kind) => {
  const open = async (options: Partial<ArtifactsOptions> = {}) => {
    const store = options.store ?? (await openStore(join(root, `store-${counter++}.db`)))
    if (options.store === undefined) stores.push(store as Store)
    const url = homes[kind]!()
    return { artifacts: await openArtifacts({ url, ...options, store }), store, url }
  }

  it('are written, listed, read, replaced and removed by path', async () => {
    const { artifacts } = await open()
    const entry = await artifacts.write('runs/1', 'plots/loss.svg', '<svg/>', {
      contentType: 'image/svg+xml',
    })
    expect(entry).toMatchObject({
      root: 'runs/1',
      path: 'plots/loss.svg',
      hash: hashOf('<svg/>'),
      size: 6,
      contentType: 'image/svg+xml',
    })
    await artifacts.write('runs/1', 'model.onnx', Buffer.from([1, 2, 3]))
    await artifacts.write('runs/2', 'model.onnx', 'another')
    expect(await artifacts.list('runs/1')).toEqual([
      { path: 'model.onnx', isDir: false, fileSize: 3 },
      { path: 'plots', isDir: true, fileSize: undefined },
    ])
    expect(await artifacts.list('runs/1', 'plots/')).toHaveLength(1)
    expect(await textOf(artifacts, 'plots/loss.svg')).toBe('<svg/>')
    const part = await artifacts.read('runs/1', 'plots/loss.svg', { start: 1, end: 4 })
    expect((await part.stream.toArray()).join('')).toBe('svg')
    expect(part).toMatchObject({ start: 1, end: 4, size: 6, entry: { path: 'plots/loss.svg' } })
    await artifacts.write('runs/1', 'plots/loss.svg', '<svg></svg>')
    expect(await textOf(artifacts, 'plots/loss.svg')).toBe('<svg></svg>')
    await expect(artifacts.write('runs/1', 'plots', 'x')).rejects.toMatchObject({ code: 'conflict' })
    await expect(artifacts.write('runs/1', 'model.onnx/x', 'x')).rejects.toMatchObject({ code: 'conflict' })
    expect(await artifacts.remove('runs/1', 'plots')).toBe(1)
    await expect(artifacts.read('runs/1', 'plots/loss.svg')).rejects.toMatchObject({ code: 'not-found' })
    expect(await artifacts.find('runs/1', 'plots/loss.svg')).toBeUndefined()
    expect(await artifacts.remove('runs/1')).toBe(1)
    expect(await textOf(artifacts, 'model.onnx', 'runs/2')).toBe('another')
  })

  it('take no path that leads elsewhere', async () => {
    const { artifacts } = await open()
    for (const path of ['../x', '/etc/passwd', 'a\\b', 'C:/x', 'a\0', '%2e%2e/x', 'x'.repeat(2000)]) {
      for (const trying of [
        () => artifacts.write('runs/1', path, 'x'),
        () => artifacts.write(path, 'x', 'x'),
        () => artifacts.write('.pins', 'x', 'x'),
        () => artifacts.read('runs/1', path),
        () => artifacts.find('runs/1', path),
        () => artifacts.list('runs/1', path),
        () => artifacts.list(path),
        () => artifacts.remove('runs/1', path),
        () => artifacts.remove(path),
        () => artifacts.copy('runs/1', path),
        () => artifacts.completeUpload('runs/1', path, '0'.repeat(32)),
        () => artifacts.downloadFolder('runs/1', root, { folder: path }),
      ]) {
        await expect(trying()).rejects.toMatchObject({ code: 'usage' })
      }
    }
    expect(await hashes(artifacts)).toEqual([])
  })

  it('have limits', async () => {
    const { artifacts } = await open({ maxEntries: 2, maxBlobBytes: 5 })
    await expect(artifacts.write('r', 'large', '123456')).rejects.toMatchObject({ code: 'limit' })
    await artifacts.write('r', 'a', '1')
    await artifacts.write('r', 'b', '2')
    await expect(artifacts.write('r', 'c', '3')).rejects.toMatchObject({
      code: 'limit',
      details: { limit: 2, received: 3, option: 'maxEntries' },
    })
    await expect(artifacts.copy('r', 'other')).resolves.toBe(2)
    const many = await folder({ a: '1', b: '2', c: '3' })
    await expect(artifacts.writeFolder('new', many)).rejects.toMatchObject({ code: 'limit' })
  })

  it('go in and out as folders', async () => {
    const { artifacts } = await open()
    const files = { 'a.txt': 'a', 'deep/er/b': 'b', 'deep/c': 'a', empty: '', 'with space/ü%41': 'u' }
    const events: WorkEvent[] = []
    const entries = await artifacts.writeFolder('runs/1', await folder(files), {
      folder: 'bundle',
      onEvent: (event) => events.push(event),
    })
    expect(entries.map(({ path }) => path).toSorted()).toEqual(
      Object.keys(files)
        .map((path) => `bundle/${path}`)
        .toSorted(),
    )
    expect(events.at(-1)).toMatchObject({ type: 'progress-update', done: 1 })
    expect(events).toHaveLength(5)
    const out = join(root, `out-${counter++}`, 'new')
    expect(await artifacts.downloadFolder('runs/1', out, { folder: 'bundle' })).toBe(5)
    expect(await tree(out)).toEqual(files)
    expect(await artifacts.downloadFolder('runs/1', out)).toBe(5)
    expect(Object.keys(await tree(out))).toHaveLength(10)
    const one = await folder()
    expect(await artifacts.downloadFolder('runs/1', one, { folder: 'bundle/deep/c' })).toBe(1)
    expect(await tree(one)).toEqual({ c: 'a' })
    expect(await artifacts.copy('runs/1', 'models/m/1', { folder: 'bundle/deep' })).toBe(2)
    expect(await textOf(artifacts, 'bundle/deep/er/b', 'models/m/1')).toBe('b')
  })

  it('of a folder are all there or none', async () => {
    const { artifacts } = await open()
    const place = await folder({ a: '1', z: '2' })
    await symlink('/etc/hostname', join(place, 'link'))
    await expect(artifacts.writeFolder('r', place)).rejects.toThrow(/link' is a symbolic link/)
    await rm(join(place, 'link'))
    if (process.platform === 'linux') {
      execFileSync('mkfifo', [join(place, 'pipe')])
      await expect(artifacts.writeFolder('r', place)).rejects.toThrow(/pipe' is no file/)
      await rm(join(place, 'pipe'))
      await writeFile(join(place, 'back\\slash'), '')
      await expect(artifacts.writeFolder('r', place)).rejects.toThrow(/backslash/)
      await rm(join(place, 'back\\slash'))
    }
    await expect(artifacts.writeFolder('r', join(place, 'missing'))).rejects.toMatchObject({
      code: 'not-found',
    })
    await artifacts.write('r', 'z/file', 'x')
    await expect(artifacts.writeFolder('r', place)).rejects.toMatchObject({ code: 'conflict' })
    const controller = new AbortController()
    const aborted = artifacts.writeFolder('r2', place, {
      signal: controller.signal,
      onEvent: () => controller.abort(new Error('stopped')),
    })
    // Two files travel at once: the abort comes too late for neither or both, and then all is there.
    const entries = await aborted.catch(() => [])
    expect((await artifacts.list('r2')).length).toBe(entries.length)
    expect(await artifacts.list('r')).toEqual([{ path: 'z', isDir: true, fileSize: undefined }])
    expect(await artifacts.writeFolder('empty', await folder())).toEqual([])
  })

  it('are not led out of the folder that they are written into', async () => {
    const { artifacts } = await open()
    await artifacts.write('r', 'sub/file', 'mine')
    const outside = await folder({ file: 'theirs' })
    const into = await folder()
    await symlink(outside, join(into, 'sub'))
    await expect(artifacts.downloadFolder('r', into)).rejects.toMatchObject({ code: 'conflict' })
    expect(await tree(outside)).toEqual({ file: 'theirs' })
    // A link in the place of the file itself is replaced, not written through.
    const other = await folder({ 'sub/x': '' })
    await symlink(join(outside, 'file'), join(other, 'sub', 'file'))
    await artifacts.downloadFolder('r', other)
    expect(await tree(outside)).toEqual({ file: 'theirs' })
    expect(await tree(other)).toEqual({ 'sub/x': '', 'sub/file': 'mine' })
  })

  it('come whole from uploads in parts, also when the answer was lost', async () => {
    const { artifacts } = await open()
    const upload = await artifacts.blobs.beginUpload()
    await artifacts.blobs.putPart(upload, 1, 'one ')
    await expect(
      artifacts.completeUpload('r', 'big', upload, { parts: [{ number: 2 }] }),
    ).rejects.toMatchObject({ code: 'usage' })
    expect(await artifacts.list('r')).toEqual([])
    await artifacts.blobs.putPart(upload, 2, 'two')
    const entry = await artifacts.completeUpload('r', 'big', upload)
    expect(await textOf(artifacts, 'big', 'r')).toBe('one two')
    expect(await artifacts.completeUpload('r', 'big', upload)).toMatchObject({ hash: entry.hash })
    await artifacts.remove('r')
    await artifacts.collectGarbage({ grace: -60 })
    await expect(artifacts.completeUpload('r', 'big', upload)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('that lost their bytes say so', async () => {
    const { artifacts } = await open()
    const { hash } = await artifacts.write('r', 'x', 'some text')
    await artifacts.blobs.delete(hash)
    await expect(artifacts.read('r', 'x')).rejects.toThrow(/'x' of 'r' has lost its bytes, expected 9/)
    await artifacts.write('r', 'x', 'some text')
    expect(await textOf(artifacts, 'x', 'r')).toBe('some text')
  })

  it('are collected when nothing mentions them, and not before', async () => {
    const { artifacts } = await open()
    await artifacts.write('r', 'kept', 'kept')
    await artifacts.write('r', 'copied', 'copied')
    await artifacts.copy('r', 's', { folder: 'copied' })
    await artifacts.write('r', 'replaced', 'old')
    await artifacts.write('r', 'replaced', 'new')
    const upload = await artifacts.blobs.beginUpload()
    await artifacts.blobs.putPart(upload, 1, 'part')
    await artifacts.remove('r', 'copied')
    expect(await artifacts.collectGarbage()).toEqual({ blobs: 0, bytes: 0 })
    expect(await artifacts.collectGarbage({ grace: -60 })).toEqual({ blobs: 1, bytes: 3 })
    expect(await hashes(artifacts)).toEqual(['kept', 'copied', 'new'].map(hashOf).toSorted())
    expect((await artifacts.blobs.uploadStatus(upload)).size).toBe(4)
    await artifacts.remove('s')
    expect(await artifacts.collectGarbage({ grace: -60, uploads: -60 })).toEqual({ blobs: 1, bytes: 6 })
    await expect(artifacts.blobs.uploadStatus(upload)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('artifacts in a folder', () => {
  it('of old age are collected by their age, and marks and pins of the dead are taken over', async () => {
    let time = Date.parse('2026-01-01')
    const store = await openStore(join(root, `store-${counter++}.db`), { time: () => time })
    stores.push(store)
    const url = join(root, `home-${counter++}`)
    const artifacts = await openArtifacts({ url, store })
    const { hash } = await artifacts.write('r', 'x', 'x')
    await artifacts.remove('r')
    const file = join(url, 'blobs', hash.slice(0, 2), hash)
    const before = new Date((await stat(file)).mtimeMs - 2 * 86_400_000)
    await utimes(file, before, before)
    await store.artifactEntries.pin(hash)
    // The pin was made in 2026, so it is old for every later clock; a young one keeps the blob.
    time = Date.parse('9999-01-01')
    const young = await store.artifactEntries.pin(hash)
    expect(await artifacts.collectGarbage()).toMatchObject({ blobs: 0 })
    await store.artifactEntries.unpin([young])
    await store.artifactEntries.mark(hash)
    expect(await artifacts.collectGarbage()).toMatchObject({ blobs: 0 })
    await store.artifactEntries.unmark(hash)
    time = Date.parse('2026-01-01')
    await store.artifactEntries.mark(hash)
    expect(await artifacts.collectGarbage()).toMatchObject({ blobs: 1 })
    // A mark that a dead collector left does not stop a writer either.
    await store.artifactEntries.mark(hash)
    await artifacts.write('r', 'x', 'x')
    expect(await textOf(artifacts, 'x', 'r')).toBe('x')
  })

  it('whose bytes were cut are refused before the first of them', async () => {
    const store = await openStore(join(root, `store-${counter++}.db`))
    stores.push(store)
    const url = join(root, `home-${counter++}`)
    const artifacts = await openArtifacts({ url, store })
    const { hash } = await artifacts.write('r', 'x', 'some text')
    await truncate(join(url, 'blobs', hash.slice(0, 2), hash), 4)
    await expect(artifacts.read('r', 'x')).rejects.toMatchObject({
      code: 'format',
      message: expect.stringMatching(/has 4 bytes, expected 9/) as string,
    })
    const out = await folder()
    await expect(artifacts.downloadFolder('r', out)).rejects.toMatchObject({ code: 'format' })
    expect(await tree(out)).toEqual({})
    // A home that moved is found again where it is now.
    await artifacts.write('r', 'x', 'some text')
    await rename(url, `${url}-moved`)
    const moved = await openArtifacts({ url: `${url}-moved`, store })
    expect(await textOf(moved, 'x', 'r')).toBe('some text')
  })
})
