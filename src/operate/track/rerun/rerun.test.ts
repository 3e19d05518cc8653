import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { NotFoundError, UsageError } from '../../../base/index.js'
import { ridge } from '../../../learn/linear/index.js'
import { train } from '../../train/index.js'
import { openTracker, rerun, type Difference } from '../index.js'
import { dataDifferences, differenceText, environmentDifferences } from './difference.js'
import type { RunEnvironment } from '../environment.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-rerun-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const open = (name: string) =>
  openTracker({ store: join(folder, `${name}.db`), artifacts: join(folder, name), onError: 'throw' })

const lines = Array.from(
  { length: 120 },
  (_, i) => `${30 + (i % 60)},${['Oslo', 'Bern'][i % 2]},${400 + 9 * (i % 60) + 300 * (i % 2)}`,
)
function data(name: string, rows = lines, header = 'size,city,rent'): string {
  writeFileSync(join(folder, name), [header, ...rows].join('\n'))
  return join(folder, name)
}

test('a run again gives the same model, and its run knows the old one', async () => {
  await using tracker = await open('same')
  const source = data('same.csv')
  const { result } = await train({
    source,
    target: 'rent',
    time: 10,
    tracker,
    run: { name: 'first', experiment: 'e' },
  })
  let told: readonly Difference[] | undefined
  const again = await rerun(result.runId!, { tracker, onDifferences: (differences) => (told = differences) })
  expect(again).toMatchObject({ of: result.runId, sameModel: true, scores: [], differences: [] })
  expect(told).toEqual([])
  expect(again.result.scores).toEqual(result.scores)
  const run = await tracker.backend.getRun(again.runId)
  expect(run).toMatchObject({ name: 'first-again', status: 'FINISHED' })
  expect(run.tags).toMatchObject({
    'modelwright.rerunOf': result.runId,
    'modelwright.kind': 'replay',
    'modelwright.rerun.sameModel': 'true',
  })
  expect(run.experimentId).toBe((await tracker.backend.getRun(result.runId!)).experimentId)
})

test('changed data are named column by column, and so are the scores', async () => {
  await using tracker = await open('changed')
  const source = data('changed.csv')
  const { result } = await train({ source, target: 'rent', time: 10, tracker })
  const other = lines.map((line, i) => (i === 7 ? '31,Riga,9999,x' : `${line},y`))
  const moved = data('moved.csv', other, 'size,city,rent,extra')
  const again = await rerun(result.runId!, { tracker, source: moved })
  expect(again.sameModel).toBe(false)
  expect(again.differences.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
    "data column 'size'",
    "data column 'city'",
    "data column 'rent'",
    "data column 'extra'",
  ])
  expect(again.scores.map(({ what }) => what)).toContain('rmse')
  expect(again.scores.some(({ what }) => what.startsWith('candidate '))).toBe(true)
})

test('a bundle can be run again, with what its manifest says', async () => {
  await using tracker = await open('bundle')
  const source = data('bundle.csv')
  const out = join(folder, 'bundle-model')
  await train({ source, target: 'rent', time: 10, out })
  const again = await rerun(out, { tracker })
  expect(again).toMatchObject({ of: out, sameModel: true, scores: [] })
  const shorter = data('shorter.csv', lines.slice(10))
  const changed = await rerun(out, { tracker, source: shorter })
  expect(changed.differences.map(({ what }) => what)).toEqual(['rows', 'contents'])
})

test('what cannot be run again says why, and what to do', async () => {
  await using tracker = await open('refused')
  const source = data('gone.csv')
  const { result } = await train({ source, target: 'rent', time: 10, tracker })
  rmSync(source)
  await expect(rerun(result.runId!, { tracker })).rejects.toThrow(/no longer at .*gone\.csv/)
  await expect(rerun(result.runId!, { tracker })).rejects.toSatisfy(NotFoundError.is)
  const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, y: 2 * i }))
  const { runId } = await tracker.fit(ridge(), rows, 'y')
  await expect(rerun(runId, { tracker })).rejects.toSatisfy(UsageError.is)
  await expect(rerun(runId, { tracker })).rejects.toThrow(/no recipe .* Start its program again: node /)
  await expect(rerun('0'.repeat(32), { tracker })).rejects.toThrow(/no run/)
  await expect(rerun(join(folder, 'nowhere'), { tracker })).rejects.toThrow(/no bundle/)
  const inMemory = await train({ table: rows, target: 'y', time: 10, tracker })
  await expect(rerun(inMemory.result.runId!, { tracker })).rejects.toThrow(/rows in memory/)
  const again = await rerun(inMemory.result.runId!, { tracker, table: rows })
  expect(again).toMatchObject({ sameModel: true, differences: [] })
})

const environment: RunEnvironment = {
  version: 1,
  user: 'ada',
  host: 'h',
  command: 'node x.js',
  entry: 'x.js',
  git: { commit: 'a'.repeat(40), branch: 'main', dirty: false, diffHash: undefined, remote: undefined },
  versions: {
    modelwright: '1.0.0',
    node: '20.0.0',
    onnxRuntime: 'native 1',
    packages: { left: '1', gone: '2' },
  },
  hardware: { processor: 'P', threads: 2, memory: 2 ** 33, platform: 'linux x64' },
}

test('code, versions and machine are compared one by one', () => {
  const now: RunEnvironment = {
    ...environment,
    git: { ...environment.git!, commit: 'b'.repeat(40), dirty: true, diffHash: 'c'.repeat(64) },
    versions: { ...environment.versions, node: '22.0.0', packages: { left: '2', fresh: '1' } },
    hardware: { ...environment.hardware, threads: 8 },
  }
  expect(environmentDifferences(environment, environment)).toEqual([])
  expect(environmentDifferences(environment, now).map(differenceText)).toEqual([
    `commit: ${'a'.repeat(40)} then, ${'b'.repeat(40)} now`,
    'uncommitted changes: none then, cccccccccccc now',
    'Node: 20.0.0 then, 22.0.0 now',
    'fresh: none or unknown then, now 1',
    'gone: 2 then, none or unknown now',
    'left: 1 then, 2 now',
    'threads: 2 then, 8 now',
  ])
  expect(environmentDifferences(environment, { ...environment, git: undefined })).toHaveLength(3)
})

test('columns that only changed places are told as such', () => {
  const column = (name: string) => ({ name, type: 'number', hash: name.repeat(8) })
  const profile = (hash: string, ...names: string[]) => ({
    hash,
    num_rows: 1,
    num_elements: names.length,
    columns: names.map(column),
  })
  expect(dataDifferences(profile('1', 'a', 'b'), profile('2', 'b', 'a'))).toEqual([
    { kind: 'data', what: 'order of columns', before: 'a, b', now: 'b, a' },
  ])
})
