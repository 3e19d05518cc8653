import { lstat, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  builtFile,
  checkpoint,
  destinationOf,
  InternalError,
  ShapeError,
  StorageError,
  storageError,
  writeFileAtomic,
} from './index.js'

const folder = await mkdtemp(join(tmpdir(), 'modelwright-files-'))

describe('destinationOf', () => {
  it('follows links, also to what is not there yet', async () => {
    const real = await realpath(folder)
    await symlink(join('later', 'file'), join(folder, 'dangling'))
    await symlink('dangling', join(folder, 'twice'))
    await symlink('circle', join(folder, 'circle'))
    expect(destinationOf(join(folder, 'twice'))).toBe(join(real, 'later', 'file'))
    expect(destinationOf(join(folder, 'new', 'file'))).toBe(join(real, 'new', 'file'))
    expect(destinationOf(join(folder, 'circle'))).toBe(join(real, 'circle'))
  })
})

describe('writeFileAtomic', () => {
  it('writes where a link leads, and leaves the link', async () => {
    await writeFile(join(folder, 'target'), 'old')
    await symlink('target', join(folder, 'link'))
    await writeFileAtomic(join(folder, 'link'), 'new')
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('new')
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true)
  })

  it('writes, replaces, makes folders, and leaves nothing beside', async () => {
    const path = join(folder, 'a', 'b.txt')
    await writeFileAtomic(path, 'one')
    await writeFileAtomic(path, 'two')
    expect(await readFile(path, 'utf8')).toBe('two')
    expect(await readdir(join(folder, 'a'))).toEqual(['b.txt'])
  })

  it('says in a sentence what stands in the way, and leaves the old file', async () => {
    const file = join(folder, 'file')
    await writeFile(file, 'old')
    const error = await writeFileAtomic(join(file, 'below'), 'x').catch((thrown: unknown) => thrown)
    expect(StorageError.is(error)).toBe(true)
    expect((error as Error).message).toContain('a part of that path is a file')
    expect(await readFile(file, 'utf8')).toBe('old')
  })
})

describe('storageError', () => {
  it('speaks of the file system only: errors of ours have a code too', () => {
    expect(storageError('x', Object.assign(new Error('full'), { code: 'ENOSPC' }))).toBeInstanceOf(
      StorageError,
    )
    const own = new ShapeError('Two columns of different lengths.')
    expect(storageError('x', own)).toBe(own)
    const other = new TypeError('a bug')
    expect(storageError('x', other)).toBe(other)
  })
})

describe('builtFile', () => {
  it('finds the twin in dist, and says when there is none', () => {
    expect(builtFile(import.meta.url, './files.js')).toMatch(/dist.base.files\.js$/)
    expect(() => builtFile(import.meta.url, './nowhere.js')).toThrow(InternalError)
  })
})

describe('checkpoint', () => {
  it('throws the reason of an aborted signal', async () => {
    const reason = new Error('enough')
    await expect(checkpoint(AbortSignal.abort(reason))).rejects.toBe(reason)
    await expect(checkpoint()).resolves.toBeUndefined()
  })

  it('lets timers run in long work', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('in time')), 1)
    const work = async (): Promise<void> => {
      for (;;) await checkpoint(controller.signal)
    }
    await expect(work()).rejects.toThrow('in time')
  })
})
