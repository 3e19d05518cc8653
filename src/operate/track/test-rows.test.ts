// The rows that a model was judged on: kept with its run, read by the gate of promotion.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConflictError } from '../../base/index.js'
import { fromRows, readTable, type Table } from '../../data/index.js'
import { openArtifacts } from '../artifacts/index.js'
import { openRegistry } from '../registry/index.js'
import { openStore } from '../store/index.js'
import { train } from '../train/index.js'
import { downloadArtifacts, openTracker, rerun, type Tracker } from './index.js'
import { keepTestRows } from './test-rows.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-test-rows-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
process.env['TMPDIR'] = folder
const places = { store: join(folder, 'store.db'), artifacts: join(folder, 'artifacts') }
const attempts = { onError: 'throw', onWarning: () => undefined } as const

const file = join(folder, 'leaves.csv')
// 'late' is no column to learn from, but one to look at parts of the data by; labels and texts must come back as they were.
const lines = Array.from({ length: 200 }, (_, i) => {
  const leaves = i % 7 > 2 ? 'Yes' : 'No'
  return `${i % 7},"a, ${i % 3}",${i % 2 === 0 ? 'on' : 'off'},${leaves},${i % 5}`
})
writeFileSync(file, ['months,plan,paper,leaves,late', ...lines, '1,a,on,,0', '1,a,on,Perhaps,0'].join('\n'))
const job = { source: file, target: 'leaves', time: 20, drop: ['late'] } as const

async function kept(tracker: Tracker, runId: string): Promise<Table | undefined> {
  const run = await tracker.backend.getRun(runId)
  if ((await tracker.backend.artifacts.list(run, 'evaluation')).length === 0) return undefined
  const into = join(folder, `kept-${runId}`)
  await downloadArtifacts(tracker.backend, run, { path: 'evaluation', folder: into })
  const found = readdirSync(into, { recursive: true }).find((name) => String(name).endsWith('.parquet'))
  return readTable(join(into, String(found)))
}

test('a challenger is judged on the rows of its run, found by its folder, without data', async () => {
  await using tracker = await openTracker({ ...places, onError: 'throw' })
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  const first = await train({ ...job, out: one, tracker, drop: ['late', 'months'] })
  const { result } = await train({ ...job, out: two, tracker })
  const rows = await kept(tracker, result.runId!)
  expect(rows!.names).toEqual(['months', 'plan', 'paper', 'leaves', 'late'])
  expect(new Set(rows!.toRows().map(({ leaves }) => leaves))).toEqual(new Set([false, true]))
  const run = await tracker.backend.getRun(result.runId!)
  expect(run.tags['modelwright.testRows']).toBe(`${rows!.rowCount} of ${rows!.rowCount}`)

  await using store = await openStore(places.store)
  await using artifacts = await openArtifacts({ url: places.artifacts, store })
  const registry = await openRegistry({ store, artifacts })
  expect((await registry.register('leaves', one)).runId).toBe(first.result.runId)
  expect((await registry.register('leaves', two)).runId).toBe(result.runId)
  await registry.promote('leaves', { version: 1 })
  const gate = { compatible: false, noWorseThan: { columns: ['late'], minRows: 3 } }
  const { verdict } = await registry.promote('leaves', { version: 2, gate })
  expect(verdict.data).toMatchObject({
    source: `runs:/${result.runId}/evaluation/test.parquet`,
    rows: rows!.rowCount,
  })
  expect(verdict.score).toBeCloseTo(result.scores['roc-auc']!, 10)
  expect(verdict.slices.length).toBeGreaterThan(0)
  expect(readdirSync(folder).filter((name) => name.startsWith('modelwright-rows-'))).toEqual([])

  // Rows that it learned from would flatter it.
  const own = registry.promote('leaves', { version: 1, data: file })
  await expect(own).rejects.toSatisfy(ConflictError.is)
  await expect(own).rejects.toThrow(/Version 1 learned from .*leaves\.csv.*has not seen/)
})

test('who wants no rows kept gets none, also by a rerun', async () => {
  await using tracker = await openTracker({ ...places, onError: 'throw' })
  const { result } = await train({ ...job, tracker, run: { testRows: false } })
  expect(await kept(tracker, result.runId!)).toBeUndefined()
  const again = await rerun(result.runId!, { tracker })
  expect(again.sameModel).toBe(true)
  expect(await kept(tracker, again.runId)).toBeUndefined()
})

test('of very many rows some are kept, from the first to the last', async () => {
  await using tracker = await openTracker({ ...places, onError: 'throw' })
  await using run = await tracker.start()
  const rows = fromRows(Array.from({ length: 100_400 }, (_, i) => ({ i })))
  await keepTestRows(run, rows, attempts)
  const found = (await kept(tracker, run.id))!
  expect(found.rowCount).toBe(100_000)
  const values = found.toRows().map(({ i }) => Number(i))
  expect(values.at(-1)).toBeGreaterThan(100_390)
  expect(values.every((value, at) => at === 0 || value > values[at - 1]!)).toBe(true)
  expect((await tracker.backend.getRun(run.id)).tags['modelwright.testRows']).toBe('100000 of 100400')
}, 20_000)
