// A store where nothing can be written: what is there can be read all the same, and it is written again as soon as that is possible.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { tinyDisk } from '../../../test/support/tiny-disk.js'
import { openStore } from './index.js'

const disk = tinyDisk(32)
const full = { code: 'storage' }
let places = 0
afterEach(() => disk?.free())

/** The path below the disk of a new store with one run, after it was used. */
async function storeWithRun(name = 'store #1 50%?.db'): Promise<string> {
  const folder = String(++places)
  mkdirSync(join(disk!.path, folder))
  const path = join(folder, name)
  await using store = await openStore(join(disk!.path, path))
  await store.runs.create({ experimentId: '0', name: 'kept' })
  return path
}
const names = async (url: string): Promise<string[]> => {
  await using store = await openStore(url)
  return await namesIn(store)
}
const namesIn = async (store: Awaited<ReturnType<typeof openStore>>): Promise<string[]> =>
  (await store.runs.search({ experimentIds: ['0'], maxResults: 10 })).runs.map(({ name }) => name)
const run = (name: string) => ({ experimentId: '0', name })

describe.skipIf(disk === undefined)('a store [needs the right to mount]', () => {
  test('in a file system that can only be read is read, also while another process writes it elsewhere', async () => {
    const path = await storeWithRun()
    await using reader = await openStore(join(disk!.readOnly, path))
    expect(await namesIn(reader)).toEqual(['kept'])
    await expect(reader.runs.create(run('refused'))).rejects.toMatchObject(full)
    await expect(reader.runs.create(run('refused'))).rejects.toThrow(/store #1 50%\?\.db' cannot be written/)

    const writer = await openStore(join(disk!.path, path))
    await writer.runs.create(run('later'))
    expect((await namesIn(reader)).toSorted()).toEqual(['kept', 'later'])
    await writer.runs.create(run('last'))
    expect((await namesIn(reader)).toSorted()).toEqual(['kept', 'last', 'later'])
    await writer.close()
    expect((await namesIn(reader)).toSorted()).toEqual(['kept', 'last', 'later'])
    expect(await names(join(disk!.readOnly, path))).toHaveLength(3)
  })

  test('on a full disk is read, and written again when there is space', async () => {
    const url = join(disk!.path, await storeWithRun())
    disk!.fill()
    await using store = await openStore(url)
    expect(await namesIn(store)).toEqual(['kept'])
    await expect(store.runs.create(run('refused'))).rejects.toMatchObject(full)
    expect(await names(url)).toEqual(['kept'])
    disk!.free()
    await store.runs.create(run('again'))
    expect((await names(url)).toSorted()).toEqual(['again', 'kept'])
  })

  test('whose disk fills up while it is open keeps what it acknowledged, and goes on when there is space', async () => {
    const url = join(disk!.path, await storeWithRun())
    await using store = await openStore(url)
    const { runId } = await store.runs.create(run('logging'))
    const acknowledged: number[] = []
    const log = async (step: number): Promise<void> => {
      const points = Array.from({ length: 200 }, (_, i) => ({
        key: `m${i}`,
        value: step,
        step,
        timestamp: 1,
      }))
      await store.logging.batch(runId, { metrics: points })
      acknowledged.push(step)
    }
    await log(0)
    disk!.fill(100_000)
    let step = 1
    const failure = await (async () => {
      for (; ; step++) await log(step)
    })().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'storage', message: expect.stringMatching(/full/) as string })
    expect((await store.runs.get(runId)).name).toBe('logging')
    await expect(store.experiments.create({ name: 'x'.repeat(50_000) })).rejects.toMatchObject(full)
    disk!.free()
    await log(step)
    for (const key of ['m0', 'm199']) {
      const found = await store.logging.history(runId, key, { limit: 100_000 })
      expect(found.map((point) => point.step)).toEqual(acknowledged)
    }
  })

  test('with a log that was left behind says what it needs', async () => {
    const path = join(disk!.path, await storeWithRun())
    const store = await openStore(path)
    await store.runs.create(run('in the log'))
    mkdirSync(join(disk!.path, 'copy'))
    for (const end of ['', '-wal']) copyFileSync(path + end, join(disk!.path, 'copy', `store.db${end}`))
    await store.close()
    const refusal = openStore(join(disk!.readOnly, 'copy', 'store.db'))
    await expect(refusal).rejects.toMatchObject(full)
    await expect(refusal).rejects.toThrow(/last changes are in '.*store\.db-wal'.*copy both files/)
    expect((await names(join(disk!.path, 'copy', 'store.db'))).toSorted()).toEqual(['in the log', 'kept'])
  })

  test('of something else, or none, is refused as ever', async () => {
    writeFileSync(join(disk!.path, 'other.db'), 'x'.repeat(5000))
    await expect(openStore(join(disk!.readOnly, 'other.db'))).rejects.toMatchObject({ code: 'format' })
    await expect(openStore(join(disk!.readOnly, 'new', 'store.db'))).rejects.toMatchObject(full)
  })
})
