// Training jobs that log themselves.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { TimeBudgetError } from '../../base/index.js'
import { readManifest } from '../bundle/index.js'
import { train } from '../train/index.js'
import { openTracker } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-track-train-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
// What jobs write for a while goes here, where it can be seen to be gone.
process.env['TMPDIR'] = folder
let places = 0
const open = (options = {}) => {
  const place = join(folder, `place-${places++}`)
  return openTracker({
    store: join(place, 'store.db'),
    artifacts: join(place, 'artifacts'),
    onError: 'throw',
    ...options,
  })
}

const file = join(folder, 'flats.csv')
const rows = Array.from(
  { length: 150 },
  (_, i) => `${30 + (i % 60)},${['Oslo', 'Bern'][i % 2]},${400 + 9 * (i % 60) + 300 * (i % 2)}`,
)
writeFileSync(file, ['size,city,rent', ...rows].join('\n'))

test('a job keeps settings, candidates, scores, data, bundle and report, and nothing lies beside its out', async () => {
  await using tracker = await open({ experiment: 'flats' })
  const { result } = await train({
    source: file,
    target: 'rent',
    // The ladder ends long before, unless a busy machine makes it seem slow.
    time: 60,
    seed: 3,
    tracker,
    run: { name: 'first', tags: { team: 'blue' } },
  })
  expect(result.bundle).toBeNull()
  const run = await tracker.backend.getRun(result.runId!)
  expect(run).toMatchObject({ name: 'first', status: 'FINISHED' })
  expect(run.params).toMatchObject({ target: 'rent', seed: '3', source: file, test: '0.2', prefer: 'best' })
  expect(Object.keys(run.params).filter((name) => name.startsWith('model.'))).not.toEqual([])
  expect(run.tags).toMatchObject({
    team: 'blue',
    'modelwright.kind': 'train',
    'modelwright.task': 'regression',
    'modelwright.model': result.model,
    'modelwright.metric': 'rmse',
  })
  const metrics = Object.fromEntries(run.metrics.map(({ key, value }) => [key, value]))
  expect(metrics).toMatchObject({
    rows: 150,
    test_rmse: result.scores['rmse'],
    test_rmse_low: result.intervals['rmse']![0],
    baseline_rmse: result.baseline['rmse'],
    test_r2: result.scores['r2'],
    validation_rmse: result.leaderboard.find(({ name }) => name === result.model)!.score,
  })
  expect(run.metrics.find(({ key }) => key === 'candidate_score')!.step).toBeGreaterThan(0)
  const paths = (await tracker.backend.artifacts.list(run, '')).map(({ path }) => path)
  expect(paths).toEqual(['environment.json', 'evaluation', 'leaderboard.json', 'model', 'report.html'])
  const bundle = (await tracker.backend.artifacts.list(run, 'model')).map(({ path }) => path)
  expect(bundle).toEqual(
    ['MLmodel', 'manifest.json', 'model.onnx', 'report.html', 'sample.json'].map((name) => `model/${name}`),
  )
  const [data] = await tracker.backend.inputsOf(run.runId)
  expect(data).toMatchObject({
    name: 'flats.csv',
    tags: { 'mlflow.data.context': 'training', 'modelwright.target': 'rent' },
  })
  expect(run.tags['modelwright.dataHash']!.startsWith(data!.digest)).toBe(true)
  expect(readdirSync(folder).filter((name) => name.startsWith('modelwright-run-'))).toEqual([])
})

test('a job that fails is a FAILED run, one that is aborted a KILLED one', async () => {
  await using tracker = await open()
  const rows = Array.from({ length: 30 }, (_, i) => ({ x: i, y: i }))
  await expect(train({ table: rows, target: 'nowhere', tracker })).rejects.toThrow(/nowhere/)
  const late = train({ source: file, target: 'rent', time: 1e-9, tracker })
  await expect(late).rejects.toSatisfy(TimeBudgetError.is)
  const abort = new AbortController()
  const aborted = train({
    source: file,
    target: 'rent',
    time: 60,
    tracker,
    signal: abort.signal,
    onEvent: (event) => event.type === 'model-start' && abort.abort(new Error('enough')),
  })
  await expect(aborted).rejects.toThrow('enough')
  const { runs } = await tracker.backend.searchRuns({ experimentIds: ['0'], maxResults: 10 })
  expect(runs.map(({ status }) => status)).toEqual(['KILLED', 'FAILED', 'FAILED'])
  expect(runs[2]!.tags['modelwright.error']).toMatch(/nowhere/)
})

test('without a tracker nothing is kept; a store that breaks does not stop the job', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ x: i, y: 2 * i }))
  const plain = await train({ table: rows, target: 'y', time: 10 })
  expect(plain.result.runId).toBeNull()
  const warnings: string[] = []
  const tracker = await open({
    onError: 'warn',
    onWarning: ({ message }: { message: string }) => warnings.push(message),
  })
  await tracker.close()
  const out = join(folder, 'broken-model')
  const { result } = await train({ table: rows, target: 'y', time: 10, tracker, out })
  expect(result.runId).toBeNull()
  expect(warnings.length).toBeGreaterThan(0)
  expect(existsSync(out)).toBe(true)
  await expect(train({ table: rows, target: 'y', tracker: {} as typeof tracker })).rejects.toThrow(
    /openTracker/,
  )
})

test('the bundle of out and that of the run are the same', async () => {
  await using tracker = await open()
  const out = join(folder, 'both-model')
  const { result } = await train({ source: file, target: 'rent', time: 10, tracker, out })
  expect(result.bundle).toBe(out)
  const run = await tracker.backend.getRun(result.runId!)
  const chunks: Uint8Array[] = []
  for await (const chunk of await tracker.backend.artifacts.read(run, 'model/manifest.json'))
    chunks.push(chunk)
  expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({
    files: (await readManifest(out)).files,
  })
})
