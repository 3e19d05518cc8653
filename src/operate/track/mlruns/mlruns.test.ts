// Folders as MLflow writes them, in and out. The fixture is written by hand from the format of its FileStore.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import {
  comparable,
  everything,
  experimentMeta,
  first,
  long,
  runMeta,
  second,
  trashed,
  write,
} from '../../../../test/support/mlruns.js'
import { onBothStores } from '../../../../test/support/stores.js'
import { ConflictError, NotFoundError, UsageError } from '../../../base/index.js'
import { openArtifacts } from '../../artifacts/index.js'
import { openStore } from '../../store/index.js'
import { exportMlruns, importMlruns, openTracker } from '../index.js'
import { metricLine } from './layout.js'

const root = mkdtempSync(join(tmpdir(), 'modelwright-mlruns-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let places = 0
const place = (name: string): string => join(root, `${name}-${places++}`)

/** A whole folder with everything in it. */
const whole = (): string =>
  write(place('mlruns'), {
    '0/meta.yaml': experimentMeta('0', 'Default'),
    [`0/${first}/meta.yaml`]: runMeta(first, '0'),
    [`0/${first}/params/alpha`]: '0.5',
    [`0/${first}/params/model/depth`]: 'three\nlines\n',
    [`0/${first}/tags/mlflow.runName`]: 'beautiful-dog-902',
    [`0/${first}/tags/mlflow.user`]: 'wavet',
    [`0/${first}/metrics/loss`]:
      '1672364273320 0.5 0\n1672364273321 nan 1\n1672364273322 -inf 2\n1672364273323 2.5e-05 3\n',
    [`0/${first}/metrics/val/loss`]: '1672364273320 1.0 0\n',
    [`0/${first}/metrics/old`]: '1672364273320 7\n',
    [`0/${first}/metrics/new`]: '1672364273320 8.0 4 flats 9bd2\n',
    [`0/${first}/artifacts/model/MLmodel`]: 'flavors: {}\n',
    [`0/${first}/artifacts/note.txt`]: 'hello',
    [`0/${first}/inputs/1/meta.yaml`]: `destination_id: d1\ndestination_type: RUN\nsource_id: d1\nsource_type: DATASET\ntags:\n  mlflow.data.context: training\n`,
    '0/datasets/d1/meta.yaml': `digest: 9bd2\nname: flats\nprofile: '{"num_rows": 3, "num_elements": 6, "what": "a long text that goes over\n  its line"}'\nschema: '{"mlflow_colspec": []}'\nsource: '{"uri": "flats.csv"}'\nsource_type: local\n`,
    [`${long}/meta.yaml`]: experimentMeta(long, "'churn: north'"),
    [`${long}/tags/team`]: 'blue',
    [`${long}/${second}/meta.yaml`]: runMeta(second, long)
      .replace('status: 3', 'status: 4')
      .replace('lifecycle_stage: active', 'lifecycle_stage: deleted'),
    [`${long}/${second}/tags/mlflow.note.content`]: '# what\n',
    [`.trash/123/meta.yaml`]: experimentMeta('123', 'gone', 'deleted'),
    [`.trash/123/${trashed}/meta.yaml`]: runMeta(trashed, '123').replace(
      'lifecycle_stage: active',
      'lifecycle_stage: deleted',
    ),
  })

onBothStores('a folder of MLflow', (home) => {
  test('comes in as it is: runs, histories, data, files, what was deleted', async () => {
    const url = await home.newUrl()
    const artifacts = place('artifacts')
    expect(await importMlruns(whole(), { store: url, artifacts })).toEqual({
      experiments: 3,
      runs: 3,
      known: 0,
      loggedModels: 0,
      registeredModels: 0,
      versions: 0,
      files: 2,
      skipped: [],
    })
    await using store = await openStore(url)
    const run = await store.runs.get(first)
    expect(run).toMatchObject({
      name: 'beautiful-dog-902',
      status: 'FINISHED',
      userId: 'wavet',
      startTime: 1672364273319,
      endTime: 1672364273335,
      experimentId: '0',
      params: { alpha: '0.5', 'model/depth': 'three\nlines\n' },
    })
    expect(await store.logging.history(first, 'loss', { limit: 10 })).toEqual([
      { value: 0.5, step: 0, timestamp: 1672364273320 },
      { value: NaN, step: 1, timestamp: 1672364273321 },
      { value: -Infinity, step: 2, timestamp: 1672364273322 },
      { value: 2.5e-5, step: 3, timestamp: 1672364273323 },
    ])
    expect(run.metrics.map(({ key }) => key).toSorted()).toEqual(['loss', 'new', 'old', 'val/loss'])
    expect((await store.inputs.of([first]))[0]!.datasets).toEqual([
      {
        dataset: {
          name: 'flats',
          digest: '9bd2',
          sourceType: 'local',
          source: '{"uri": "flats.csv"}',
          schema: '{"mlflow_colspec": []}',
          profile: '{"num_rows": 3, "num_elements": 6, "what": "a long text that goes over its line"}',
        },
        tags: { 'mlflow.data.context': 'training' },
      },
    ])
    const failed = await store.runs.get(second)
    expect(failed).toMatchObject({ status: 'FAILED', lifecycleStage: 'deleted' })
    const north = await store.experiments.findByName('churn: north')
    expect(north).toMatchObject({ lifecycleStage: 'active', tags: { team: 'blue' } })
    expect(await store.experiments.findByName('gone')).toMatchObject({ lifecycleStage: 'deleted' })
    await using opened = await openArtifacts({ url: artifacts, store })
    expect(await opened.list(`runs/${first}`)).toMatchObject([
      { path: 'model' },
      { path: 'note.txt', fileSize: 5 },
    ])
  })

  test('coming in twice, or from two processes at once, adds nothing', async () => {
    const folder = whole()
    const options = { store: await home.newUrl(), artifacts: place('artifacts') }
    await using store = await openStore(options.store)
    const both = await Promise.all([
      importMlruns(folder, options),
      importMlruns(folder, options).catch(() => undefined),
    ])
    expect(both[0]!.skipped).toEqual([])
    await importMlruns(folder, options)
    const before = await everything(store)
    expect(await importMlruns(folder, options)).toMatchObject({ runs: 0, known: 3, files: 0 })
    expect(await everything(store)).toEqual(before)
  })

  test('goes out and comes in again the same', async () => {
    const from = { store: await home.newUrl(), artifacts: place('artifacts') }
    await importMlruns(whole(), from)
    await using tracker = await openTracker({ ...from, onError: 'throw', experiment: 'odd names' })
    await tracker.run({ name: "it's: a\nname", tags: { 'a/b': 'x' }, environment: false }, async (run) => {
      await run.log({ 'big/one': 1e300, tiny: -5e-324, zero: -0, whole: 12345678901 })
      for (let step = 0; step < 3; step++) await run.logMetric('curve', step / 3, { step })
      await run.logArtifact({ path: 'deep/er/ü.txt', contents: 'x'.repeat(1000) })
    })
    const out = place('export')
    const done = await exportMlruns(out, from)
    expect(done).toMatchObject({ experiments: 4, runs: 4, skipped: [] })
    expect(readdirSync(out).toSorted()).toEqual(
      [
        '.trash',
        '0',
        long,
        ...readdirSync(out).filter((name) => /^\d{1,3}$/.test(name) && name !== '0'),
      ].toSorted(),
    )
    expect(readFileSync(join(out, '0', first, 'metrics/val/loss'), 'utf8')).toBe('1672364273320 1.0 0\n')
    const to = { store: await home.newUrl(), artifacts: place('artifacts') }
    expect(await importMlruns(out, to)).toMatchObject({
      experiments: 4,
      runs: 4,
      skipped: [],
      files: done.files,
    })
    await using before = await openStore(from.store)
    await using after = await openStore(to.store)
    expect(comparable(await everything(after))).toEqual(comparable(await everything(before)))
  })
})

const at = (name: string) => ({ store: join(root, `${name}.db`), artifacts: join(root, `${name}-artifacts`) })

test('damaged files are named and left out; the rest comes in', async () => {
  const folder = whole()
  const secret = write(place('secret'), { 'key.txt': 'secret' })
  write(folder, {
    [`0/${first}/metrics/loss`]: 'rubbish\n1672364273320 0.5 0\n1 2 3 4\n',
    [`0/${first}/params/bad;name`]: 'x',
    [`0/${'b'.repeat(32)}/meta.yaml`]: 'status: [1, 2]\n',
    [`0/${'c'.repeat(32)}/meta.yaml`]: runMeta('c'.repeat(32), '0').replace('status: 3', 'status: 77'),
    [`0/${'d'.repeat(32)}/params/x`]: '1',
    [`0/${first}/inputs/2/meta.yaml`]: `source_id: ../../../secret\nsource_type: DATASET\ntags: {}\n`,
    '777/meta.yaml': experimentMeta('778', 'wrong'),
    '888/meta.yaml': '\0\0\0',
    '999/other.txt': 'x',
  })
  symlinkSync(join(secret, 'key.txt'), join(folder, '0', first, 'artifacts', 'link.txt'))
  symlinkSync(secret, join(folder, '0', first, 'params', 'linked'))
  const done = await importMlruns(folder, at('damaged'))
  expect(done).toMatchObject({ experiments: 3, runs: 3, files: 2 })
  const named = done.skipped.map(({ path }) => path.slice(folder.length + 1)).toSorted()
  expect(named).toEqual(
    [
      `0/${first}/metrics/loss`,
      `0/${first}/params/bad;name`,
      `0/${first}/params/linked`,
      `0/${first}/artifacts/link.txt`,
      `0/${first}/inputs/2`,
      `0/${'b'.repeat(32)}/meta.yaml`,
      `0/${'c'.repeat(32)}/meta.yaml`,
      `0/${'d'.repeat(32)}/meta.yaml`,
      '777',
      '888/meta.yaml',
      '999/meta.yaml',
    ].toSorted(),
  )
  await using store = await openStore(at('damaged').store)
  expect((await store.runs.get(first)).params).toEqual({ alpha: '0.5', 'model/depth': 'three\nlines\n' })
  expect(await store.logging.history(first, 'loss', { limit: 10 })).toHaveLength(1)
})

test('an import that was killed is finished by the next one', async () => {
  const folder = whole()
  await importMlruns(folder, at('whole'))
  // As it is when the process died before the run was ended, with half of its points.
  await using store = await openStore(at('half').store)
  await store.runs.create({
    runId: first,
    experimentId: '0',
    name: 'beautiful-dog-902',
    userId: 'wavet',
    startTime: 1672364273319,
  })
  await store.logging.batch(first, {
    params: { alpha: '0.5' },
    metrics: [{ key: 'loss', value: 0.5, step: 0, timestamp: 1672364273320 }],
  })
  await importMlruns(folder, at('half'))
  await using other = await openStore(at('whole').store)
  expect(await everything(store)).toEqual(await everything(other))
})

test('what cannot be is refused', async () => {
  await expect(importMlruns(join(root, 'nowhere'), at('x'))).rejects.toSatisfy(NotFoundError.is)
  await expect(importMlruns(whole(), { store: 'http://127.0.0.1:1' })).rejects.toSatisfy(UsageError.is)
  const full = write(place('full'), { 'mine.txt': 'x' })
  await expect(exportMlruns(full, at('x'))).rejects.toSatisfy(ConflictError.is)
  await expect(exportMlruns(place('x'), { ...at('x'), experiments: ['nowhere'] })).rejects.toThrow(
    /There are: Default/,
  )
  expect(readFileSync(join(full, 'mine.txt'), 'utf8')).toBe('x')
})

test.each([
  ['1 2.0 3', { timestamp: 1, value: 2, step: 3 }],
  ['1 .5', { timestamp: 1, value: 0.5, step: 0 }],
  ['1 1e-05 -2', { timestamp: 1, value: 1e-5, step: -2 }],
  ['1 inf 0', { timestamp: 1, value: Infinity, step: 0 }],
  ['1 0x10 0', undefined],
  ['1 2', { timestamp: 1, value: 2, step: 0 }],
  ['a 2 3', undefined],
  ['1 2 3.5', undefined],
  ['99999999999999999999 2 3', undefined],
  ['1  2', undefined],
  ['', undefined],
])('the line %j of a metric', (line, point) => {
  expect(metricLine(line)).toEqual(point)
})

const python = await promisify(execFile)('python3', ['-c', 'import mlflow'])
  .then(() => true)
  .catch(() => false)

test.skipIf(!python)('MLflow itself reads what goes out [skipped where Python has no mlflow]', async () => {
  const from = at('python')
  await importMlruns(whole(), from)
  const out = place('python')
  await exportMlruns(out, from)
  const code = `
import sys
from mlflow.store.tracking.file_store import FileStore
store = FileStore(sys.argv[1])
run = store.get_run('${first}')
print(run.info.run_name, run.info.status, run.data.params['alpha'], len(store.get_metric_history('${first}', 'loss')))
print([d.dataset.name for d in run.inputs.dataset_inputs])`
  const { stdout } = await promisify(execFile)('python3', ['-c', code, out])
  expect(stdout).toBe("beautiful-dog-902 FINISHED 0.5 4\n['flats']\n")
})
