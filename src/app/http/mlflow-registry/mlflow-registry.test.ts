// Bodies as MLflow's protocol buffers define them, written by hand; clients read nothing else.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mlflowClient, type MlflowClient, type Body } from '../../../../test/support/mlflow-client.js'
import { smallBundle } from '../../../../test/support/bundles.js'
import { testRegistry, type TestRegistry } from '../../../../test/support/registries.js'
import { onBothStores } from '../../../../test/support/stores.js'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { mlflowRegistryFace } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-mlflow-registry-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

onBothStores('MLflow’s registry over REST', (home) => {
  let server: Server
  let client: MlflowClient
  let kept: TestRegistry
  let time = 1000
  beforeAll(async () => {
    kept = await testRegistry(home, folder, () => ++time)
    server = await createServer(kept, { faces: [mlflowRegistryFace] })
    client = mlflowClient(server)
  })
  afterAll(() => server.close())

  const ok: MlflowClient['ok'] = (...call) => client.ok(...call)
  const refused: MlflowClient['refused'] = (...expected) => client.refused(...expected)
  const model: MlflowClient['model'] = (versions) => client.model(versions)

  test('a model is created, read, described, renamed and deleted', async () => {
    time = 5000
    const created = await ok('POST', 'registered-models/create', {
      name: 'fraud',
      description: 'who cheats',
      tags: [{ key: 'team', value: 'blue' }, { key: 'empty' }],
    })
    expect(created).toEqual({
      registered_model: {
        name: 'fraud',
        creation_timestamp: 5001,
        last_updated_timestamp: 5001,
        description: 'who cheats',
        tags: [
          { key: 'empty', value: '' },
          { key: 'team', value: 'blue' },
        ],
      },
    })
    expect(await ok('GET', 'registered-models/get', { name: 'fraud' })).toEqual(created)
    const described = await ok('PATCH', 'registered-models/update', { name: 'fraud', description: '' })
    expect(described['registered_model']).not.toHaveProperty('description')
    expect(await ok('POST', 'registered-models/rename', { name: 'fraud', new_name: 'cheats' })).toMatchObject(
      {
        registered_model: { name: 'cheats' },
      },
    )
    expect(await ok('DELETE', 'registered-models/delete', { name: 'cheats' })).toEqual({})
    await refused(
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /^Registered Model with name=cheats not found$/,
      'GET',
      'registered-models/get',
      { name: 'cheats' },
    )
  })

  test('names are checked, and taken once', async () => {
    const name = await model()
    const create = (given: Body) => ['POST', 'registered-models/create', given] as const
    await refused(
      400,
      'RESOURCE_ALREADY_EXISTS',
      /^Registered Model \(name=model \d+\) already exists\./,
      ...create({ name }),
    )
    const missing = /^Missing value for required parameter 'name'\./
    for (const given of [{}, { name: '' }, { name: '   ' }, { name: null }])
      await refused(400, 'INVALID_PARAMETER_VALUE', missing, ...create(given))
    for (const bad of ['a/b', 'a:b'])
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /Names cannot contain '\/' or ':'/,
        ...create({ name: bad }),
      )
    for (const bad of ['..', '.'])
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /as a path it would be another name/,
        ...create({ name: bad }),
      )
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /^Invalid value 5 for parameter 'name' supplied: +Hint: Value was of type 'int'\./,
      ...create({ name: 5 }),
    )
    for (const bad of ['a\0b'])
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /parameter 'description'/,
        ...create({ name: 'x', description: bad }),
      )
    await refused(400, 'INVALID_PARAMETER_VALUE', /parameter 'tags'/, ...create({ name: 'x', tags: 'y' }))
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /parameter 'key'/,
      ...create({ name: 'x', tags: [{ key: 'a*b', value: '' }] }),
    )
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /'value' exceeds the maximum length of 100000 characters/,
      ...create({ name: 'x', tags: [{ key: 'a', value: 'y'.repeat(100_001) }] }),
    )
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /parameter 'new_name'/,
      'POST',
      'registered-models/rename',
      { name },
    )
  })

  test('a version has the fields of ModelVersion, in MLflow’s types', async () => {
    const name = await model()
    time = 9000
    const given = {
      name,
      source: 's3://bucket/a',
      run_id: 'abc',
      run_link: 'http://x',
      description: 'd',
      tags: [{ key: 'k', value: 'v' }],
    }
    const created = await ok('POST', 'model-versions/create', given)
    expect(created).toEqual({
      model_version: {
        name,
        version: '1',
        creation_timestamp: 9001,
        last_updated_timestamp: 9001,
        current_stage: 'None',
        description: 'd',
        source: 's3://bucket/a',
        run_id: 'abc',
        status: 'READY',
        tags: [{ key: 'k', value: 'v' }],
        run_link: 'http://x',
      },
    })
    expect(await ok('GET', 'model-versions/get', { name, version: 1 })).toEqual(created)
    expect(await ok('GET', 'model-versions/get-download-uri', { name, version: '1' })).toEqual({
      artifact_uri: 's3://bucket/a',
    })
    const bare = await ok('POST', 'model-versions/create', { name, source: 's3://bucket/b' })
    expect(bare['model_version']).toMatchObject({ version: '2', description: '', run_id: '', run_link: '' })
    expect(
      await ok('PATCH', 'model-versions/update', { name, version: '2', description: 'new' }),
    ).toMatchObject({ model_version: { description: 'new' } })
    const copy = await ok('POST', 'model-versions/create', { name, source: `models:/${name}/1` })
    expect(copy['model_version']).toMatchObject({ version: '3', source: `models:/${name}/1` })
    expect(await ok('GET', 'model-versions/get-download-uri', { name, version: '3' })).toEqual({
      artifact_uri: 's3://bucket/a',
    })
    expect(await ok('DELETE', 'model-versions/delete', { name, version: '3' })).toEqual({})
    const gone = /^Model Version \(name=model \d+, version=3\) not found$/
    await refused(404, 'RESOURCE_DOES_NOT_EXIST', gone, 'GET', 'model-versions/get', { name, version: '3' })
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /^Parameter 'version' must be an integer, got 'x'\.$/,
      'GET',
      'model-versions/get',
      { name, version: 'x' },
    )
    await refused(404, 'RESOURCE_DOES_NOT_EXIST', /name=none not found/, 'POST', 'model-versions/create', {
      name: 'none',
      source: 's3://b',
    })
  })

  test('a source of ours that is a bundle brings its signature along', async () => {
    const { store, artifacts, registry } = kept
    const run = await store.runs.create({ experimentId: '0', name: 'r' })
    await artifacts.writeFolder(`runs/${run.runId}`, await smallBundle(folder, `${home.name}-bundle`), {
      folder: 'model',
    })
    const name = await model()
    const source = `${run.artifactUri}/model`
    const created = await ok('POST', 'model-versions/create', { name, source, run_id: run.runId })
    expect(created['model_version']).toMatchObject({ source, run_id: run.runId })
    const version = await registry.resolve(`${name}/1`)
    expect(version.signature).toMatchObject({ target: 'price' })
    const place = join(folder, `${home.name}-from-mlflow`)
    expect(await registry.download(`${name}/1`, place)).toEqual({ kind: 'bundle', path: place })
    expect((await registry.promote(name, { version: 1 })).verdict.passed).toBe(true)
  })

  test('search: filter, order and pages', async () => {
    const name = await model(3)
    const other = await model()
    const like = { filter: `name LIKE 'model %' AND name != 'zzz'`, order_by: ['name DESC'], max_results: 2 }
    const first = await ok('GET', 'registered-models/search', like)
    expect(first['registered_models']).toHaveLength(2)
    const second = await ok('GET', 'registered-models/search', {
      ...like,
      page_token: first['next_page_token'],
    })
    const listed = [first, second].flatMap((page) =>
      (page['registered_models'] as { name: string }[]).map((found) => found.name),
    )
    expect(listed).toEqual(listed.toSorted().toReversed())
    expect(await ok('GET', 'registered-models/search', { filter: "name = 'nobody'" })).toEqual({})
    expect(
      ((await ok('GET', 'registered-models/list', { max_results: '1' }))['registered_models'] as unknown[])
        .length,
    ).toBe(1)
    const found = await ok('GET', 'model-versions/search', {
      filter: `name='${name}' and run_id IN ('run0','run2')`,
      order_by: 'version_number ASC',
    })
    expect(found['model_versions']).toMatchObject([{ version: '1' }, { version: '3' }])
    expect(found).not.toHaveProperty('next_page_token')
    expect(await ok('GET', 'model-versions/search', { filter: `name='${other}'` })).toEqual({})
    await refused(400, 'INVALID_PARAMETER_VALUE', /attribute of models/, 'GET', 'registered-models/search', {
      filter: "owner = 'x'",
    })
    await refused(400, 'INVALID_PARAMETER_VALUE', /at most 1000/, 'GET', 'registered-models/search', {
      max_results: 1001,
    })
    await refused(400, 'INVALID_PARAMETER_VALUE', /at most 200000/, 'GET', 'model-versions/search', {
      max_results: 200_001,
    })
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /parameter 'max_results'/,
      'GET',
      'registered-models/search',
      { max_results: 'many' },
    )
    await refused(400, 'INVALID_PARAMETER_VALUE', /page token/, 'GET', 'registered-models/search', {
      page_token: 'x',
    })
  })

  describe('stages', () => {
    test('are told in any case; the newest of each is given', async () => {
      const name = await model(3)
      const move = (version: string, stage: string, archive: boolean) =>
        ok('POST', 'model-versions/transition-stage', {
          name,
          version,
          stage,
          archive_existing_versions: archive,
        })
      expect(await move('1', 'production', false)).toMatchObject({
        model_version: { version: '1', current_stage: 'Production' },
      })
      await move('2', 'PRODUCTION', true)
      const all = await ok('POST', 'registered-models/get-latest-versions', { name })
      expect(
        (all['model_versions'] as Body[]).map((found) => [found['version'], found['current_stage']]),
      ).toEqual([
        ['1', 'Archived'],
        ['2', 'Production'],
        ['3', 'None'],
      ])
      const some = await ok('GET', 'registered-models/get-latest-versions', {
        name,
        stages: ['Production', 'Staging'],
      })
      expect(some['model_versions']).toMatchObject([{ version: '2' }])
      expect(await ok('GET', 'registered-models/get-latest-versions', { name, stages: 'staging' })).toEqual(
        {},
      )
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /^Invalid Model Version stage: Live\./,
        'POST',
        'model-versions/transition-stage',
        { name, version: '1', stage: 'Live' },
      )
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /'None' is not an Active stage/,
        'POST',
        'model-versions/transition-stage',
        { name, version: '1', stage: 'None', archive_existing_versions: true },
      )
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /'archive_existing_versions'/,
        'POST',
        'model-versions/transition-stage',
        { name, version: '1', stage: 'None', archive_existing_versions: 'yes' },
      )
    })
  })

  test('aliases: set, moved, read, deleted; some names are reserved', async () => {
    const name = await model(2)
    const alias = (method: 'GET' | 'POST' | 'DELETE', fields: Body) =>
      [method, 'registered-models/alias', { name, ...fields }] as const
    expect(await ok(...alias('POST', { alias: 'champion', version: '1' }))).toEqual({})
    expect(await ok(...alias('POST', { alias: 'champion', version: '2' }))).toEqual({})
    expect(await ok(...alias('GET', { alias: 'champion' }))).toMatchObject({
      model_version: { version: '2', aliases: ['champion'] },
    })
    expect(await ok('GET', 'registered-models/get', { name })).toMatchObject({
      registered_model: { aliases: [{ alias: 'champion', version: '2' }] },
    })
    expect(await ok(...alias('GET', { alias: 'Latest' }))).toMatchObject({ model_version: { version: '2' } })
    for (const bad of ['latest', 'LATEST', 'v1', 'V12'])
      await refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /is reserved\.$/,
        ...alias('POST', { alias: bad, version: '1' }),
      )
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /^Invalid alias name: 'a b'/,
      ...alias('POST', { alias: 'a b', version: '1' }),
    )
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /maximum length of 255/,
      ...alias('POST', { alias: 'a'.repeat(256), version: '1' }),
    )
    await refused(
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /version=9\) not found$/,
      ...alias('POST', { alias: 'a', version: '9' }),
    )
    expect(await ok(...alias('DELETE', { alias: 'champion' }))).toEqual({})
    expect(await ok(...alias('DELETE', { alias: 'champion' }))).toEqual({})
    await refused(
      400,
      'INVALID_PARAMETER_VALUE',
      /^Registered model alias champion not found\.$/,
      ...alias('GET', { alias: 'champion' }),
    )
  })

  test('tags of models and versions', async () => {
    const name = await model(1)
    expect(await ok('POST', 'registered-models/set-tag', { name, key: 'a', value: '1' })).toEqual({})
    expect(await ok('POST', 'model-versions/set-tag', { name, version: '1', key: 'b', value: '' })).toEqual(
      {},
    )
    expect(await ok('GET', 'registered-models/get', { name })).toMatchObject({
      registered_model: {
        tags: [{ key: 'a', value: '1' }],
        latest_versions: [{ tags: [{ key: 'b', value: '' }] }],
      },
    })
    expect(await ok('DELETE', 'registered-models/delete-tag', { name, key: 'a' })).toEqual({})
    expect(await ok('DELETE', 'registered-models/delete-tag', { name, key: 'a' })).toEqual({})
    expect(await ok('DELETE', 'model-versions/delete-tag', { name, version: '1', key: 'b' })).toEqual({})
    expect(await ok('GET', 'model-versions/get', { name, version: '1' })).not.toHaveProperty(
      'model_version.tags',
    )
    await refused(400, 'INVALID_PARAMETER_VALUE', /parameter 'key'/, 'POST', 'model-versions/set-tag', {
      name,
      version: '1',
      value: 'x',
    })
  })

  test('a logged model lists its versions as Python writes lists', async () => {
    const name = await model()
    const { modelId, artifactUri } = await kept.store.loggedModels.create({ experimentId: '0', name: 'm' })
    for (const source of [artifactUri, `models:/${modelId}`])
      await ok('POST', 'model-versions/create', { name, source, model_id: modelId })
    expect((await kept.store.loggedModels.get(modelId)).tags).toEqual({
      'mlflow.modelVersions': `[{"name": "${name}", "version": 1}, {"name": "${name}", "version": 2}]`,
    })
  })
})
