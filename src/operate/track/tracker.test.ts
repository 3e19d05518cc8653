import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { ConflictError, InvalidOptionError } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { linearRegression, ridge } from '../../learn/linear/index.js'
import { crossValidate } from '../../evaluate/validation/index.js'
import type { Run } from '../store/index.js'
import type { TrackingWarning } from './attempt.js'
import { openTracker, type Tracker, type TrackerOptions } from './tracker.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-track-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let places = 0

async function textOf(tracker: Tracker, run: Run, path: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of await tracker.backend.artifacts.read(run, path)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const latest = (run: Run, key: string) => run.metrics.find((metric) => metric.key === key)

onBothStores('a tracker', (home) => {
  const open = async (options: TrackerOptions = {}): Promise<Tracker> =>
    openTracker({
      store: await home.newUrl(),
      artifacts: join(folder, `artifacts-${places++}`),
      onError: 'throw',
      ...options,
    })

  test('keeps a run with all that was logged, and how it ended', async () => {
    await using tracker = await open({ experiment: 'churn' })
    let id = ''
    {
      await using run = await tracker.start({ name: 'first', tags: { team: 'blue', n: 3 }, note: '# why' })
      id = run.id
      expect((await tracker.backend.getRun(id)).status).toBe('RUNNING')
      await run.logParams({ rate: 0.1, optimizer: { kind: 'adam', decay: null, layers: [1, 2] } })
      await run.logParam('epochs', 3)
      for (let step = 0; step < 3; step++)
        expect(await run.log({ loss: 1 / (step + 1), nan: NaN }, { step })).toBe(true)
      await run.setTags({ stage: 'test' })
    }
    const run = await tracker.backend.getRun(id)
    expect(run).toMatchObject({ name: 'first', status: 'FINISHED' })
    expect(run.endTime).toBeGreaterThanOrEqual(run.startTime)
    expect(run.params).toEqual({
      rate: '0.1',
      'optimizer.kind': 'adam',
      'optimizer.layers': '[1,2]',
      epochs: '3',
    })
    expect(run.tags).toMatchObject({
      team: 'blue',
      n: '3',
      stage: 'test',
      'mlflow.note.content': '# why',
      'mlflow.runName': 'first',
      'modelwright.node': process.versions.node,
    })
    expect(latest(run, 'loss')).toMatchObject({ value: 1 / 3, step: 2, min: 1 / 3, max: 1 })
    expect(latest(run, 'nan')!.value).toBeNaN()
    const experiments = await tracker.backend.experiments()
    expect(experiments.map(({ name }) => name).toSorted()).toEqual(['Default', 'churn'])
  })

  test('thousands of values that nobody waits for are all there at the end, in few transactions', async () => {
    await using tracker = await open()
    const run = await tracker.start()
    const answers = Array.from({ length: 12_000 }, (_, step) =>
      run.logMetric('loss', step, { step, timestamp: 1 }),
    )
    await run.end()
    expect(new Set(await Promise.all(answers))).toEqual(new Set([true]))
    const found = await tracker.backend.getRun(run.id)
    expect(latest(found, 'loss')).toMatchObject({ value: 11_999, min: 0, max: 11_999 })
  })

  test('a block that throws makes its run FAILED, with the sentence', async () => {
    await using tracker = await open()
    let id = ''
    const failing = tracker.run({ name: 'bad' }, async (run) => {
      id = run.id
      await run.logMetric('loss', 1)
      throw new Error('no such column')
    })
    await expect(failing).rejects.toThrow('no such column')
    const run = await tracker.backend.getRun(id)
    expect(run).toMatchObject({ status: 'FAILED' })
    expect(run.tags['modelwright.error']).toBe('no such column')
    await using noted = await tracker.start()
    noted.fail('by hand')
    await noted.end()
    expect((await tracker.backend.getRun(noted.id)).status).toBe('FAILED')
  })

  test('an abort makes it KILLED; what was logged stands', async () => {
    await using tracker = await open()
    const abort = new AbortController()
    const run = await tracker.start({ signal: abort.signal })
    await run.logMetric('loss', 5)
    abort.abort(new Error('stopped by the user'))
    await run.end()
    const found = await tracker.backend.getRun(run.id)
    expect(found).toMatchObject({ status: 'KILLED' })
    expect(found.tags['modelwright.error']).toBe('stopped by the user')
    expect(latest(found, 'loss')!.value).toBe(5)
    await expect(tracker.start({ signal: abort.signal })).rejects.toThrow('stopped by the user')
    const other = tracker.run({ signal: AbortSignal.abort() }, () => Promise.resolve())
    await expect(other).rejects.toThrow(/abort/)
  })

  test('a refused value takes no other along, and a changed parameter says so', async () => {
    await using tracker = await open()
    await using run = await tracker.start()
    const together = await Promise.allSettled([
      run.logParam('a', 1),
      run.logParam('a', 2),
      run.logMetric('loss', 1),
      run.logMetric('bad\nname', 1),
      run.logMetric('loss', '1' as unknown as number),
      run.logMetric('loss', 1, { step: 0.5 }),
      run.setTag('t', 'x'),
    ])
    expect(together.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    const reasons = together.map((one) => (one.status === 'rejected' ? (one.reason as Error) : undefined))
    expect(reasons[1]).toSatisfy(ConflictError.is)
    expect(reasons[3]).toSatisfy(InvalidOptionError.is)
    await run.end()
    expect(await tracker.backend.getRun(run.id)).toMatchObject({ params: { a: '1' } })
    await expect(run.logMetric('loss', 2)).rejects.toThrow(/has ended/)
  })

  test('warnings instead of errors: nothing throws, what failed says false, once told', async () => {
    const warnings: TrackingWarning[] = []
    await using tracker = await open({ onError: 'warn', onWarning: (warning) => warnings.push(warning) })
    await using run = await tracker.start()
    expect(await run.logMetric('f1 (macro)', 1)).toBe(false)
    expect(await run.logArtifact('nowhere.txt')).toBe(false)
    expect(await run.logArtifact({ path: '../x', contents: 'x' })).toBe(false)
    expect(await run.logMetric('ok', 1)).toBe(true)
    expect(warnings.map(({ runId }) => runId)).toEqual([run.id, run.id, run.id])
    await run.end()
    expect(await run.logMetric('late', 1)).toBe(false)
  })

  test('values beyond the limits of MLflow are cut, names refused', async () => {
    await using tracker = await open()
    await using run = await tracker.start()
    await run.logParam('long', 'p'.repeat(7000))
    await run.setTag('long', 't'.repeat(9000))
    await expect(run.logParam('k'.repeat(251), 1)).rejects.toThrow(/at most 250/)
    const found = await tracker.backend.getRun(run.id)
    expect([found.params['long']!.length, found.tags['long']!.length]).toEqual([6000, 8000])
  })

  test('files, folders, tables and figures become artifacts', async () => {
    await using tracker = await open()
    await using run = await tracker.start()
    const local = join(folder, 'local')
    mkdirSync(join(local, 'deep'), { recursive: true })
    writeFileSync(join(local, 'a.txt'), 'A')
    writeFileSync(join(local, 'deep', 'b.txt'), 'B')
    await run.logArtifact(join(local, 'a.txt'))
    await run.logArtifact(join(local, 'a.txt'), 'copy')
    await run.logArtifact({ path: 'notes/x.md', contents: '# x' })
    await run.logArtifacts(local, 'all')
    await run.logTable('scores.json', [{ name: 'tree', score: 0.5 }, { name: 'line' }])
    await run.logFigure('plot.json', { mark: 'bar' })
    await expect(run.logArtifact(local)).rejects.toThrow(/no file/)
    await expect(run.logArtifacts(join(local, 'a.txt'))).rejects.toThrow(/no folder/)
    await expect(run.logFigure('plot.png', {})).rejects.toThrow(/\.svg/)
    for (const path of ['../x', '/etc/passwd', 'a//b', '', 'a/..', 'a\0b'])
      await expect(run.logArtifact({ path, contents: 'x' }), path).rejects.toThrow(/path/i)
    const record = await tracker.backend.getRun(run.id)
    expect(await textOf(tracker, record, 'all/deep/b.txt')).toBe('B')
    expect(await textOf(tracker, record, 'copy/a.txt')).toBe('A')
    expect(JSON.parse(await textOf(tracker, record, 'scores.json'))).toEqual({
      columns: ['name', 'score'],
      data: [
        ['tree', 0.5],
        ['line', null],
      ],
    })
    const items = await tracker.backend.artifacts.list(record, '')
    expect(items.map(({ path, isFolder }) => `${path}${isFolder ? '/' : ''}`)).toEqual([
      'a.txt',
      'all/',
      'copy/',
      'environment.json',
      'notes/',
      'plot.json',
      'scores.json',
    ])
    expect(JSON.parse(record.tags['mlflow.loggedArtifacts']!)).toEqual([
      { path: 'scores.json', type: 'table' },
    ])
  })

  test('child runs know their parent, in its experiment', async () => {
    await using tracker = await open()
    await using run = await tracker.start({ experiment: 'family' })
    await using child = await run.child({ name: 'part' })
    const other = await tracker.start({ parent: run, experiment: 'family', environment: false })
    await other.end()
    for (const { id } of [child, other]) {
      const found = await tracker.backend.getRun(id)
      expect(found.tags['mlflow.parentRunId']).toBe(run.id)
      expect(found.experimentId).toBe(run.experimentId)
    }
  })

  test('data are inputs by their contents', async () => {
    await using tracker = await open()
    await using run = await tracker.start()
    const rows = [
      { size: 1, city: 'Oslo' },
      { size: null, city: 'Bern' },
    ]
    await run.logDataset(fromRows(rows), { name: 'flats', context: 'training', target: 'size' })
    await run.logDataset(rows, { name: 'flats' })
    const [input, ...more] = await tracker.backend.inputsOf(run.id)
    expect(more).toEqual([])
    expect(input).toMatchObject({
      name: 'flats',
      sourceType: 'code',
      tags: { 'mlflow.data.context': 'training', 'modelwright.target': 'size' },
    })
    expect(JSON.parse(input!.schema!).mlflow_colspec).toEqual([
      { type: 'double', name: 'size', required: true },
      { type: 'string', name: 'city', required: true },
    ])
    const profile = JSON.parse(input!.profile!)
    expect(profile).toMatchObject({ num_rows: 2, num_elements: 4 })
    expect(profile.hash.startsWith(input!.digest)).toBe(true)
    const file = join(folder, 'flats.csv')
    writeFileSync(file, 'size,city\n1,Oslo\n2,Bern\n')
    await run.logDataset(file)
    expect((await tracker.backend.inputsOf(run.id))[1]).toMatchObject({
      name: 'flats.csv',
      sourceType: 'local',
      source: JSON.stringify({ uri: file }),
    })
  })

  test('a fit of the library is a run: options, data, model', async () => {
    await using tracker = await open()
    const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, y: 2 * i + 1 }))
    const { model, runId } = await tracker.fit(ridge({ alpha: 0.5 }), rows, 'y', { run: { name: 'line' } })
    expect(model.predictRow({ x: 3 })).toBeCloseTo(7, 0)
    const run = await tracker.backend.getRun(runId)
    expect(run).toMatchObject({ name: 'line', status: 'FINISHED' })
    expect(run.params).toMatchObject({ kind: 'ridge', alpha: '0.5', seed: '0' })
    expect((await tracker.backend.artifacts.list(run, 'model')).map(({ path }) => path)).toEqual([
      'model/model.json',
      'model/model.onnx',
    ])
    await expect(tracker.fit(linearRegression(), rows, 'nowhere')).rejects.toThrow(/nowhere/)
  })

  test('cross-validation tells its folds', async () => {
    await using tracker = await open()
    await using run = await tracker.start()
    const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, y: 2 * i + 1 }))
    const { scores } = await crossValidate(linearRegression(), rows, 'y', { folds: 4, onEvent: run.onEvent })
    await run.end()
    const found = await tracker.backend.getRun(run.id)
    expect(latest(found, 'fold_score')).toMatchObject({ step: 3, value: scores[3] })
  })
})

test('options that are none are refused before anything is opened', async () => {
  await expect(openTracker({ store: 'x.db', colour: 1 } as TrackerOptions)).rejects.toThrow(
    InvalidOptionError,
  )
  await expect(openTracker({ onError: 'ignore' as 'warn' })).rejects.toThrow(/'warn' or 'throw'/)
  await expect(openTracker({ experiment: '' })).rejects.toThrow(/experiment/)
  await expect(openTracker({ store: 'ftp://x' })).rejects.toThrow(/ftp/)
})
