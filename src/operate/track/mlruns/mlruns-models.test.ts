// Logged models and the registry of MLflow's folders, in and out.
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  comparable,
  everything,
  experimentMeta,
  first,
  long,
  modelFiles,
  modelMeta,
  registered,
  runMeta,
  second,
  tree,
  versionMeta,
  write,
} from '../../../../test/support/mlruns.js'
import { onBothStores } from '../../../../test/support/stores.js'
import { openArtifacts } from '../../artifacts/index.js'
import { openStore } from '../../store/index.js'
import { exportMlruns, importMlruns } from '../index.js'
import { modelMetricLine } from './layout.js'

const root = mkdtempSync(join(tmpdir(), 'modelwright-mlruns-models-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let places = 0
const place = (name: string): string => join(root, `${name}-${places++}`)
const at = () => ({ store: `${place('store')}.db`, artifacts: place('artifacts') })

/** A folder with runs, logged models and a registry. */
const whole = (more: Readonly<Record<string, string>> = {}): string =>
  write(place('mlruns'), {
    '0/meta.yaml': experimentMeta('0', 'Default'),
    [`0/${first}/meta.yaml`]: runMeta(first, '0'),
    [`0/${first}/metrics/acc`]: '1672364273320 0.5 0\n1672364273321 nan 1\n',
    [`0/${first}/artifacts/model/MLmodel`]: 'flavors: {}\n',
    [`${long}/meta.yaml`]: experimentMeta(long, 'north'),
    [`${long}/${second}/meta.yaml`]: runMeta(second, long).replace('stage: active', 'stage: deleted'),
    '.trash/123/meta.yaml': experimentMeta('123', 'gone', 'deleted'),
    ...modelFiles,
    ...more,
  })

onBothStores('models of a folder of MLflow', (home) => {
  const newPlaces = async () => ({ store: await home.newUrl(), artifacts: place('artifacts') })

  test('logged models come in: what is said, measured and kept of them', async () => {
    const to = await newPlaces()
    expect(await importMlruns(whole(), to)).toEqual({
      experiments: 3,
      runs: 2,
      known: 0,
      loggedModels: 4,
      registeredModels: 2,
      versions: 3,
      files: 3,
      skipped: [],
    })
    await using store = await openStore(to.store)
    expect(await store.loggedModels.get(tree)).toMatchObject({
      experimentId: '0',
      name: 'tree',
      status: 'READY',
      creationTime: 1672364273400,
      lastUpdateTime: 1672364273500,
      modelType: undefined,
      sourceRunId: first,
      artifactUri: `mlflow-artifacts:/0/models/${tree}/artifacts`,
      params: { depth: '3' },
      tags: { 'mlflow.user': 'ada' },
    })
    const points = await store.loggedModels.history(tree, { limit: 10 })
    expect(
      points.map(({ key, value, step, runId, datasetName }) => [key, value, step, runId, datasetName]),
    ).toEqual(
      expect.arrayContaining([
        ['acc', 0.5, 0, first, undefined],
        ['acc', NaN, 1, first, undefined],
        ['acc', 0.75, 1, second, 'flats'],
        ['val/f1', 0.25, 0, first, 'flats'],
      ]),
    )
    // What a model measured is its own; the run has what its folder says.
    expect((await store.runs.get(first)).metrics.map(({ key }) => key)).toEqual(['acc'])
    const [inputs] = await store.inputs.of([first])
    expect(inputs).toMatchObject({ modelInputs: [tree], modelOutputs: [{ modelId: tree, step: 7 }] })
    expect(await store.loggedModels.get('m-failed')).toMatchObject({
      status: 'UPLOAD_FAILED',
      statusMessage: 'the disk was full',
      modelType: 'regressor',
    })
    expect(await store.loggedModels.find('m-gone')).toMatchObject({ lifecycleStage: 'deleted' })
    expect(await store.experiments.findByName('gone')).toMatchObject({ lifecycleStage: 'deleted' })
    await using artifacts = await openArtifacts({ url: to.artifacts, store })
    expect(await artifacts.list(`logged-models/${tree}`)).toMatchObject([
      { path: 'MLmodel' },
      { path: 'data' },
    ])
  })

  test('registered models come in, with numbers, times, stages, and files where they are here', async () => {
    const to = await newPlaces()
    await importMlruns(whole(), to)
    await using store = await openStore(to.store)
    expect(await store.models.get('price of flats')).toMatchObject({
      description: 'what a flat costs',
      creationTime: 1672364273600,
      lastUpdateTime: 1672364273700,
      tags: { team: 'blue' },
      aliases: { champion: 1, challenger: 3 },
    })
    const ofRun = `mlflow-artifacts:/0/${first}/artifacts/model`
    const ofModel = `mlflow-artifacts:/0/models/${tree}/artifacts`
    expect(await store.models.versions('price of flats')).toMatchObject([
      {
        version: 3,
        modelId: tree,
        source: ofModel,
        storageLocation: ofModel,
        stage: 'None',
        aliases: ['challenger'],
      },
      {
        version: 1,
        runId: first,
        source: ofRun,
        storageLocation: ofRun,
        stage: 'Production',
        creationTime: 1672364273601,
        lastUpdateTime: 1672364273700,
        tags: { checked: 'yes' },
      },
    ])
    // The number of a deleted version is not given again.
    expect(await store.models.deletedVersions('price of flats')).toEqual([2])
    const { version } = await store.models.createVersion('price of flats', { source: 's3://x/y' })
    expect(version).toBe(4)
    expect(await store.models.getVersion('greeting', 1)).toMatchObject({ source: 'prompt-template' })
    const events = await store.models.events('price of flats')
    expect(events.map(({ kind }) => kind)).toEqual([
      'version-created',
      'alias-set',
      'alias-set',
      'version-created',
      'version-created',
      'model-created',
    ])
  })

  test('coming in twice, or from two processes at once, adds nothing', async () => {
    const [folder, to] = [whole(), await newPlaces()]
    const both = await Promise.all([importMlruns(folder, to), importMlruns(folder, to)])
    expect(both.flatMap(({ skipped }) => skipped)).toEqual([])
    await using store = await openStore(to.store)
    const before = [await everything(store), await registered(store)]
    const again = { runs: 0, loggedModels: 0, registeredModels: 0, versions: 0, files: 0, skipped: [] }
    expect(await importMlruns(folder, to)).toMatchObject(again)
    expect([await everything(store), await registered(store)]).toEqual(before)
    const alone = await newPlaces()
    await importMlruns(folder, alone)
    await using other = await openStore(alone.store)
    expect(comparable(before)).toEqual(comparable([await everything(other), await registered(other)]))
  })

  test('all goes out and comes in again the same, also what was made here', async () => {
    const from = await newPlaces()
    await importMlruns(whole(), from)
    await using before = await openStore(from.store)
    await using artifacts = await openArtifacts({ url: from.artifacts, store: before })
    await before.models.create({ name: 'own 100%', tags: { 'a/b': 'c' } })
    const made = await before.loggedModels.create({ experimentId: '0', name: 'many' })
    const points = Array.from({ length: 12_000 }, (_, step) => ({
      key: step % 2 === 0 ? 'even' : 'odd',
      value: step / 7,
      step,
      timestamp: 5 + step,
      modelId: made.modelId,
    }))
    await before.loggedModels.logMetrics(first, points)
    await before.loggedModels.finalize(made.modelId, 'READY')
    await artifacts.write('models/abc/bundle', 'deep/manifest.json', '{}')
    await before.models.create({ name: 'own' })
    await before.models.createVersion('own', {
      source: 'bundles/own',
      storageLocation: 'mlflow-artifacts:/models/abc/bundle',
      description: "it's:\nlong",
    })
    await before.models.createVersion('own', { source: `runs:/${first}/model`, runId: first })
    await before.models.createVersion('own', { source: 's3://bucket/key' })
    const out = place('export')
    const done = await exportMlruns(out, from)
    expect(done).toMatchObject({ loggedModels: 5, registeredModels: 4, versions: 6, files: 4 })
    expect(done.skipped.map(({ path }) => path.slice(out.length))).toEqual([])
    expect(readFileSync(join(out, 'models/price of flats/version-1/meta.yaml'), 'utf8')).toContain(
      `source: file://${out}/0/${first}/artifacts/model\n`,
    )
    const to = await newPlaces()
    expect(await importMlruns(out, to)).toMatchObject({
      loggedModels: 5,
      registeredModels: 4,
      versions: 6,
      files: 4,
      skipped: [],
    })
    await using after = await openStore(to.store)
    expect(comparable(await everything(after))).toEqual(comparable(await everything(before)))
    const plain = async (store: typeof after) =>
      JSON.parse(
        JSON.stringify(await registered(store)).replaceAll(/models\/\w+\/bundle/g, 'models/x/bundle'),
      )
    expect(await plain(after)).toEqual(await plain(before))
    await using copied = await openArtifacts({ url: to.artifacts, store: after })
    const { storageLocation } = await after.models.getVersion('own', 1)
    const root = storageLocation.replace('mlflow-artifacts:/', '')
    expect(await copied.find(root, 'deep/manifest.json')).toMatchObject({ size: 2 })
  })
})

test('models that are damaged, foreign or hostile are named and left out; the rest comes in', async () => {
  const other = `m-${'f'.repeat(32)}`
  const folder = whole({
    [`0/models/m-list/meta.yaml`]: 'name: [1, 2]\n',
    [`0/models/m-other/meta.yaml`]: modelMeta('m-another', '0', 'x'),
    [`0/models/m-status/meta.yaml`]: modelMeta('m-status', '0', 'x').replace('status: 2', 'status: 9'),
    [`0/models/${other}/meta.yaml`]: modelMeta(other, '0', 'far').replace(/file:\S+/, 's3://bucket/far'),
    [`0/models/${other}/metrics/acc`]: `1 0.5 0 ${'e'.repeat(32)}\nrubbish\n2 0.5 0 ${first}\n`,
    // The same id in another experiment.
    [`${long}/models/${tree}/meta.yaml`]: modelMeta(tree, long, 'twin'),
    [`${long}/${first}/meta.yaml`]: runMeta(first, long),
    'models/other name/meta.yaml': 'creation_timestamp: 1\nname: name\n',
    'models/price of flats/aliases/latest': '1',
    'models/price of flats/aliases/none': 'one',
    'models/price of flats/version-4/meta.yaml': versionMeta('price of flats', 5, 'source: s3://x\n'),
    'models/price of flats/version-6/meta.yaml': versionMeta('price of flats', 6, 'source: s3://x\n').replace(
      'stage: None',
      'stage: Somewhere',
    ),
    'models/price of flats/version-7/meta.yaml': versionMeta(
      'price of flats',
      7,
      `source: file:///home/ada/mlruns/0/${first}/artifacts/../../../../etc/passwd\n`,
    ),
    'models/price of flats/version-8/meta.yaml': versionMeta('price of flats', 8, 'source: /etc/passwd\n'),
    'models/price of flats/version-999999999999/meta.yaml': 'version: 999999999999\n',
    'models/huge/meta.yaml': `name: huge\ndescription: ${'x'.repeat(33 * 2 ** 20)}\n`,
    [`0/traces/tr-1/trace_info.yaml`]: 'trace_id: tr-1\n',
  })
  const secret = write(place('secret'), { 'key.txt': 'secret', 'meta.yaml': 'name: linked\n' })
  symlinkSync(join(secret, 'key.txt'), join(folder, '0/models', tree, 'artifacts/link.txt'))
  symlinkSync(secret, join(folder, 'models/linked'))
  symlinkSync(secret, join(folder, '0/models/m-linked'))
  symlinkSync(join(secret, 'key.txt'), join(folder, '0/models', tree, 'tags/linked'))
  const to = at()
  const done = await importMlruns(folder, to)
  expect(done).toMatchObject({ runs: 2, loggedModels: 5, registeredModels: 2, versions: 5, files: 3 })
  const named = done.skipped.map(({ path }) => path.slice(folder.length + 1)).toSorted()
  expect(named).toEqual(
    [
      '0/models/m-list/meta.yaml',
      '0/models/m-other/meta.yaml',
      '0/models/m-status/meta.yaml',
      `0/models/${other}/artifacts`,
      `0/models/${other}/metrics/acc`,
      `0/models/${other}/metrics/acc`,
      `0/models/${tree}/artifacts/link.txt`,
      `0/models/${tree}/tags/linked`,
      '0/traces',
      `${long}/${first}`,
      `${long}/models/${tree}`,
      'models/other name/meta.yaml',
      'models/huge/meta.yaml',
      'models/price of flats/aliases/latest',
      'models/price of flats/aliases/none',
      'models/price of flats/version-4',
      'models/price of flats/version-6/meta.yaml',
      'models/price of flats/version-7',
      'models/price of flats/version-8',
    ].toSorted(),
  )
  await using store = await openStore(to.store)
  // What an address of this machine says is kept as it was said, and opens nothing here.
  expect(await store.models.getVersion('price of flats', 8)).toMatchObject({ storageLocation: '/etc/passwd' })
  expect((await store.loggedModels.get(tree)).tags).toEqual({ 'mlflow.user': 'ada' })
  expect(await store.loggedModels.history(other, { limit: 10 })).toHaveLength(1)
})

test('an import that dies at any point is finished by the next one', async () => {
  const folder = whole()
  const [alone, broken] = [at(), at()]
  await importMlruns(folder, alone)
  // As it is when the process died in the middle of a model.
  await using half = await openStore(broken.store)
  const { experimentId } = await half.experiments.create({ name: 'north', creationTime: 1672364273202 })
  await half.loggedModels.create({
    experimentId,
    modelId: 'm-failed',
    name: 'broken',
    creationTime: 1672364273400,
    modelType: 'regressor',
    sourceRunId: first,
  })
  // A fault ends the import where it is told: among runs, among logged models, in the registry.
  for (const path of [
    `0/${first}/metrics/rubbish`,
    `0/models/${tree}/metrics/rubbish`,
    'models/greeting/aliases/rubbish',
  ]) {
    const dies = new AbortController()
    const onEvent = ({ type }: { readonly type: string }) =>
      type === 'warning' && dies.abort(new Error(`died at ${path}`))
    write(folder, { [path]: 'rubbish\n' })
    await expect(importMlruns(folder, { ...broken, signal: dies.signal, onEvent })).rejects.toThrow(path)
    rmSync(join(folder, path))
  }
  expect(await importMlruns(folder, broken)).toMatchObject({ skipped: [] })
  await using other = await openStore(alone.store)
  expect(comparable([await everything(half), await registered(half)])).toEqual(
    comparable([await everything(other), await registered(other)]),
  )
})

test('what is here already stays as it is', async () => {
  const to = at()
  await using store = await openStore(to.store)
  await store.models.create({ name: 'price of flats', description: 'ours' })
  await store.models.createVersion('price of flats', { source: 's3://ours' })
  await store.models.moveAlias('price of flats', { alias: 'champion', version: 1 })
  await store.experiments.create({ name: 'gone' })
  const folder = whole()
  const { skipped } = await importMlruns(folder, to)
  expect(skipped).toEqual([
    {
      path: join(folder, 'models/price of flats/version-1'),
      reason: "There is another version 1 of 'price of flats' already.",
    },
  ])
  expect(await store.models.get('price of flats')).toMatchObject({
    description: 'ours',
    aliases: { champion: 1, challenger: 3 },
  })
  expect(await store.models.getVersion('price of flats', 1)).toMatchObject({ source: 's3://ours' })
  // One of the same name that was not deleted here is not, because another one was.
  expect(await store.experiments.findByName('gone')).toMatchObject({ lifecycleStage: 'active' })
})

test('names that cannot be files together are told, and nothing is lost but them', async () => {
  const from = at()
  await using store = await openStore(from.store)
  await store.experiments.setTags('0', { a: '1', 'a/b': '2' })
  await store.models.create({ name: 'ü'.repeat(200) })
  const out = place('export')
  const { skipped } = await exportMlruns(out, from)
  expect(skipped.map(({ path }) => path.slice(-4))).toEqual(['/a/b', 'üüüü'])
})

test.each([
  ['1 2.0 3 r', { timestamp: 1, value: 2, step: 3, runId: 'r' }],
  ['1 2.0 3 r d x', { timestamp: 1, value: 2, step: 3, runId: 'r', datasetName: 'd', datasetDigest: 'x' }],
  [
    '1 2 3 r my own d',
    { timestamp: 1, value: 2, step: 3, runId: 'r', datasetName: 'my own', datasetDigest: 'd' },
  ],
  ['1 2.0 3', undefined],
  ['1 2.0 3 r d', undefined],
  ['x 2.0 3 r', undefined],
])('the line %j of a model', (line, point) => {
  expect(modelMetricLine(line)).toEqual(point)
})
