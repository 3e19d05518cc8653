// ui as a shell runs it: clients of MLflow log, models of the registry answer, the page is there, and keys are asked for.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openArtifacts } from '../../src/operate/artifacts/index.js'
import { openRegistry, type Registry } from '../../src/operate/registry/index.js'
import { openStore } from '../../src/operate/store/index.js'
import { smallBundle } from '../support/bundles.js'
import { cli, expectDone, expectRefused, root, scratch } from '../support/cli.js'
import { served, type ServedProgram } from '../support/served.js'

const folder = scratch()
const here = { cwd: folder.path }
const row = { size: 50, city: 'Oslo' }
const patient = { timeout: 20_000 }

beforeAll(async () => {
  await smallBundle(folder.path, 'first')
  await smallBundle(folder.path, 'second', { alpha: 1000 })
})

const ask = async (url: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) as never }
}

async function end(server: ServedProgram): Promise<void> {
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
}

async function withRegistry<T>(store: string, work: (registry: Registry) => Promise<T>): Promise<T> {
  await using opened = await openStore(join(folder.path, store))
  await using artifacts = await openArtifacts({ url: join(folder.path, 'artifacts'), store: opened })
  return await work(await openRegistry({ store: opened, artifacts }))
}

describe('ui', () => {
  test('keeps what clients of MLflow log, through kill -9 too, and shows the page', async () => {
    const start = () => served(['ui', '--port', '0', '--store', 'runs.db', '--artifacts', 'artifacts'], here)
    const first = await start()
    await expect.poll(() => first.stdout, patient).toContain(`MLFLOW_TRACKING_URI=${first.url}`)
    const api = (url: string): string => `${url}/api/2.0/mlflow`
    const made = await ask(`${api(first.url)}/runs/create`, {
      experiment_id: '0',
      run_name: 'one',
      start_time: 1,
    })
    const { run_id: runId } = (made.json() as { run: { info: { run_id: string } } }).run.info
    const metrics = Array.from({ length: 500 }, (_, step) => ({
      key: 'loss',
      value: 1 / (step + 1),
      step,
      timestamp: step,
    }))
    expect((await ask(`${api(first.url)}/runs/log-batch`, { run_id: runId, metrics })).status).toBe(200)
    first.child.kill('SIGKILL')
    await first.ended
    const second = await start()
    const found = await ask(`${api(second.url)}/runs/search`, { experiment_ids: ['0'] })
    expect(found.text).toContain(runId)
    const history = await ask(
      `${api(second.url)}/metrics/get-history?run_id=${runId}&metric_key=loss&max_results=1000`,
    )
    expect((history.json() as { metrics: unknown[] }).metrics).toHaveLength(500)
    const home = await ask(`${second.url}/`)
    expect([home.status, home.headers.get('location')]).toEqual([302, '/ui/'])
    if (existsSync(join(root, 'dist/ui/index.html'))) {
      const page = await ask(`${second.url}/ui/runs/${runId}`)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    }
    await end(second)
  }, 60_000)

  test('asks for keys where there are some, and takes them as clients of MLflow send them', async () => {
    const store = ['--store', 'guarded.db']
    const create = async (...scopes: string[]): Promise<string> =>
      expectDone(
        await cli(['keys', 'create', '--name', 'x', '--scopes', scopes.join(), ...store], here),
      ).stdout.trim()
    const [reader, writer] = [await create('read'), await create('write')]
    const server = await served(
      ['ui', '--port', '0', '--host', '0.0.0.0', '--artifacts', 'artifacts', ...store],
      here,
    )
    const search = (headers: Record<string, string> = {}) =>
      ask(`${server.url}/api/2.0/mlflow/runs/search`, { experiment_ids: ['0'] }, headers)
    const refused = await search()
    expect(refused.status).toBe(401)
    // In MLflow's words, which its client shows.
    expect(refused.json()).toMatchObject({
      error_code: 'UNAUTHENTICATED',
      message: expect.stringContaining('key'),
    })
    const basic = (key: string) => ({
      authorization: `Basic ${Buffer.from(`ada:${key}`).toString('base64')}`,
    })
    expect((await search(basic(reader))).status).toBe(200)
    expect((await search({ authorization: `Bearer ${reader}` })).status).toBe(200)
    const create2 = (key: string) =>
      ask(`${server.url}/api/2.0/mlflow/experiments/create`, { name: 'new' }, basic(key))
    const forbidden = await create2(reader)
    expect([forbidden.status, (forbidden.json() as { error_code: string }).error_code]).toEqual([
      403,
      'PERMISSION_DENIED',
    ])
    expect((await create2(writer)).status).toBe(200)
    await end(server)
  }, 60_000)

  test('refuses others than this machine without keys', async () => {
    expectRefused(
      await cli(['ui', '--port', '0', '--host', '0.0.0.0', '--store', 'none.db'], here),
      2,
      /keys create/,
    )
  })
})

describe('serve name@alias', () => {
  test('answers with the version that the alias names, and follows it without a lost request', async () => {
    await withRegistry('models.db', async (registry) => {
      await registry.register('cost', join(folder.path, 'first'))
      await registry.register('cost', join(folder.path, 'second'))
      await registry.setAlias('cost', 'champion', 1)
    })
    const flags = ['--port', '0', '--store', 'models.db', '--artifacts', 'artifacts', '--cache', 'cache']
    const server = await served(['serve', 'cost@champion', ...flags], here)
    const predict = async (): Promise<string> => {
      const answer = await ask(`${server.url}/api/v1/serving/models/cost/predict`, row)
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('prediction')])
      return (answer.json() as { version: string }).version
    }
    expect(await predict()).toBe('1')
    await withRegistry('models.db', (registry) => registry.setAlias('cost', 'champion', 2))
    await expect.poll(predict, patient).toBe('2')
    await end(server)
  }, 60_000)

  test('says what there is not', async () => {
    const flags = ['--port', '0', '--store', 'models.db', '--artifacts', 'artifacts']
    expectRefused(await cli(['serve', 'cost@nobody', ...flags], here), 3, /nobody/)
    expectRefused(await cli(['serve', 'models:/cost/99', ...flags], here), 3, /99/)
  })
})

describe('a model file that breaks while it is served', () => {
  test('leaves the one before in service, says so, and is taken once it is whole', async () => {
    cpSync(join(folder.path, 'first'), join(folder.path, 'live'), { recursive: true })
    const server = await served(['serve', 'live', '--port', '0'], here)
    const predict = async (): Promise<unknown> => {
      const answer = await ask(`${server.url}/api/v1/serving/models/live/predict`, row)
      return answer.status === 200 ? (answer.json() as { prediction: number }).prediction : answer.status
    }
    const before = await predict()
    writeFileSync(join(folder.path, 'live', 'model.onnx'), 'torn')
    writeFileSync(
      join(folder.path, 'live', 'manifest.json'),
      readFileSync(join(folder.path, 'live', 'manifest.json')),
    )
    const states = async (): Promise<string> => (await ask(`${server.url}/api/v1/serving/models`)).text
    await expect.poll(states, patient).toMatch(/"reason":"/)
    expect(await predict()).toBe(before)
    cpSync(join(folder.path, 'second'), join(folder.path, 'live'), { recursive: true })
    await expect.poll(predict, patient).not.toBe(before)
    expect(typeof (await predict())).toBe('number')
    await end(server)
  }, 60_000)
})
