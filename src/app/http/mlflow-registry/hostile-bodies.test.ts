// What hostile and clumsy clients send.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Body, mlflowClient, type MlflowClient } from '../../../../test/support/mlflow-client.js'
import { testRegistry } from '../../../../test/support/registries.js'
import { onBothStores } from '../../../../test/support/stores.js'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { mlflowRegistryFace } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-mlflow-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

onBothStores('MLflow’s registry under attack', (home) => {
  let server: Server
  let client: MlflowClient
  beforeAll(async () => {
    server = await createServer(await testRegistry(home, folder), { faces: [mlflowRegistryFace] })
    client = mlflowClient(server)
  })
  afterAll(() => server.close())

  test('sources on this machine, and those that lead up, are refused', async () => {
    const name = await client.model()
    for (const source of [
      '/etc',
      'relative/path',
      'file:///etc/passwd',
      '../../x',
      'FILE:/etc',
      'C:\\x'.replace('C:', ''),
    ])
      await client.refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /^Invalid model version source: .*To use a local path/,
        'POST',
        'model-versions/create',
        { name, source },
      )
    for (const source of [
      'mlflow-artifacts:/0/../../x',
      's3://b/..%2f..%2fx',
      'http://h/a/%252e%252e/b',
      'mlflow-artifacts:/a%00b',
      'runs:/x/../../y',
    ])
      await client.refused(
        400,
        'INVALID_PARAMETER_VALUE',
        /^Invalid model version source: .*without relative path/,
        'POST',
        'model-versions/create',
        { name, source },
      )
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await client.ok('POST', 'model-versions/create', { name, source: 'prompt-template', tags })
    for (const [source, message] of [
      ['file:///etc/passwd', /^Invalid prompt source: .*Local source paths are not allowed for prompts\.$/],
      ['FILE:/etc', /^Invalid prompt source/],
      ['/etc/passwd', /^Invalid prompt source/],
      ['https://host/../x', /^Invalid model version source: .*without relative path/],
    ] as const) {
      const given = { name, source, tags }
      await client.refused(400, 'INVALID_PARAMETER_VALUE', message, 'POST', 'model-versions/create', given)
    }
    await client.refused(
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /^Logged model with ID 'm-0+' not found\.$/,
      'POST',
      'model-versions/create',
      {
        name,
        source: `models:/m-${'0'.repeat(32)}`,
      },
    )
  })

  test('the page’s twins answer alike; bodies in a text, none and broken ones are understood or refused', async () => {
    const name = await client.model()
    expect(await client.ok('GET', 'registered-models/get', { name }, '/ajax-api/2.0/mlflow')).toHaveProperty(
      'registered_model',
    )
    const post = (payload: string, type = 'application/json') =>
      server.inject({
        method: 'POST',
        url: '/api/2.0/mlflow/registered-models/create',
        payload,
        headers: { 'content-type': type },
      })
    expect((await post(JSON.stringify(JSON.stringify({ name: `${name} twice` })))).statusCode).toBe(200)
    for (const broken of ['{', '[]', '"{"', '5', 'null']) {
      const answer = await post(broken)
      expect([broken, answer.statusCode, answer.json<Body>()['error_code']]).toEqual([
        broken,
        400,
        'INVALID_PARAMETER_VALUE',
      ])
    }
    expect((await post('name=x', 'application/x-www-form-urlencoded')).json()).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('whatever comes, the answer is in MLflow’s words and no failure of ours', async () => {
    const paths = [
      'registered-models/create',
      'model-versions/create',
      'model-versions/transition-stage',
      'registered-models/alias',
    ]
    const field = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.string(), { maxLength: 2 }),
      fc.object({ maxDepth: 1 }),
      fc.constantFrom('model 1', '1', '%', "' or 1=1 --"),
    )
    const bodies = fc.dictionary(
      fc.constantFrom(
        'name',
        'source',
        'version',
        'alias',
        'stage',
        'tags',
        'run_id',
        '__proto__',
        'constructor',
      ),
      field,
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), bodies, async (path, body) => {
        const { status, body: answer } = await client.send('POST', path, body)
        if (status !== 200)
          expect([status < 500, Object.keys(answer)]).toEqual([true, ['error_code', 'message']])
      }),
      { numRuns: 150 },
    )
  })
})
