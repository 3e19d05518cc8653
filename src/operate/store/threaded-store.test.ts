// Runs on the build: the thread is started from there.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConflictError, NotFoundError, StorageError } from '../../base/index.js'
import type * as Built from './index.js'

const { openThreadedStore } = (await import(
  new URL('../../../dist/operate/store/index.js', import.meta.url).href
)) as typeof Built

const folder = mkdtempSync(join(tmpdir(), 'modelwright-threaded-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('answers as the store itself, errors with code and details too', async () => {
  await using store = await openThreadedStore(join(folder, 'a.db'))
  const { runId } = await store.runs.create({ experimentId: '0', name: 'r', tags: { ['__proto__']: 'kept' } })
  const logged = Array.from({ length: 50 }, (_, step) =>
    store.logging.batch(runId, { metrics: [{ key: 'm', value: step / 2, step, timestamp: step }] }),
  )
  await Promise.all(logged)
  expect(await store.logging.history(runId, 'm', { limit: 100 })).toHaveLength(50)
  expect(Object.entries((await store.runs.get(runId)).tags)).toContainEqual(['__proto__', 'kept'])
  await expect(store.runs.get('none')).rejects.toSatisfy(NotFoundError.is)
  await expect(store.runs.get('none')).rejects.toMatchObject({ details: { kind: 'run', id: 'none' } })
  await expect(store.experiments.create({ name: 'Default' })).rejects.toSatisfy(ConflictError.is)
})

test('a bad address is an error of opening; a closed store says so', async () => {
  await expect(openThreadedStore(folder)).rejects.toSatisfy(StorageError.is)
  const store = await openThreadedStore(join(folder, 'b.db'))
  await store.close()
  await store.close()
  await expect(store.runs.get('x')).rejects.toThrow('closed')
})
