// What the programs do when what they stand on breaks, or somebody wants to break them: Postgres and S3 that go away and come back, bodies
// that are costly to read. Nothing acknowledged is lost, answers say why, and nobody has to start anything again.
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openArtifacts } from '../../src/operate/artifacts/index.js'
import { openRegistry } from '../../src/operate/registry/index.js'
import { openStore } from '../../src/operate/store/index.js'
import { smallBundle } from '../support/bundles.js'
import { scratch } from '../support/cli.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { type S3Server, startS3Server } from '../support/s3-server.js'
import { served, type ServedProgram } from '../support/served.js'

const folder = scratch()
const patient = { timeout: 30_000, interval: 100 }
const json = { 'content-type': 'application/json' }
const row = JSON.stringify({ size: 50, city: 'Oslo' })

async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, init)
  return { status: answer.status, text: await answer.text() }
}
const post = (url: string, body: unknown) =>
  ask(url, { method: 'POST', headers: json, body: typeof body === 'string' ? body : JSON.stringify(body) })

async function end(server: ServedProgram): Promise<void> {
  expect(server.child.exitCode).toBe(null)
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
}

beforeAll(() => smallBundle(folder.path, 'cost'))

describe('a server whose Postgres and S3 go away and come back', () => {
  let postgres: TestPostgres
  let s3: S3Server
  beforeAll(async () => {
    const started = await startPostgres()
    if ('missing' in started) throw new Error(started.missing)
    postgres = started
    s3 = await startS3Server()
  })
  afterAll(async () => {
    await s3?.close()
    await postgres?.[Symbol.asyncDispose]()
  })

  test('says so meanwhile, goes on by itself, and has lost nothing that it acknowledged', async () => {
    // A frozen server is waited for so long, which no server that works takes.
    const store = `${await postgres.newDatabase()}?query_timeout=3000`
    const artifacts = s3.url('faults')
    await register(store, artifacts)
    const server = await served(
      [
        'ui',
        '--serve',
        'cost@champion',
        '--port',
        '0',
        '--store',
        store,
        '--artifacts',
        artifacts,
        '--cache',
        'cache',
      ],
      { cwd: folder.path, env: s3.variables },
    )
    const mlflow = `${server.url}/api/2.0/mlflow`
    const made = await post(`${mlflow}/runs/create`, { experiment_id: '0', start_time: 1 })
    const { run_id: runId } = (JSON.parse(made.text) as { run: { info: { run_id: string } } }).run.info
    const file = `${server.url}/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/a.txt`
    const put = (body: string) => ask(file, { method: 'PUT', body })
    const predict = () => post(`${server.url}/api/v1/serving/models/cost/predict`, row)
    expect((await put('first')).status).toBe(200)

    // Many at once, so that connections are lost in the middle of their work.
    const acknowledged = new Map<string, number[]>()
    const refused: { status: number; text: string }[] = []
    let going = true
    const logging = Array.from({ length: 12 }, async (_, writer) => {
      const key = `loss ${writer}`
      const steps: number[] = []
      acknowledged.set(key, steps)
      for (let step = 0; going; step++) {
        const answer = await post(`${mlflow}/runs/log-metric`, {
          run_id: runId,
          key,
          value: step,
          step,
          timestamp: 1,
        })
        if (answer.status === 200) steps.push(step)
        else {
          refused.push(answer)
          await wait(20)
        }
      }
    })
    const written = (): number => [...acknowledged.values()].reduce((sum, { length }) => sum + length, 0)
    await expect.poll(written, patient).toBeGreaterThan(50)
    await postgres.stop()
    await expect.poll(() => refused.length, patient).toBeGreaterThan(50)
    expect((await ask(`${server.url}/livez`)).status).toBe(200)
    expect((await ask(`${server.url}/readyz`)).status).toBe(503)
    expect((await predict()).status).toBe(200)
    await postgres.start()
    const before = written()
    await expect.poll(written, patient).toBeGreaterThan(before + 50)
    going = false
    await Promise.all(logging)
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]))
    expect(refused[0]!.text).toMatch(/TEMPORARILY_UNAVAILABLE.*does not answer.*try again/)
    expect((await ask(`${server.url}/readyz`)).status).toBe(200)

    postgres.freeze()
    const frozen = await Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(`${mlflow}/runs/get?run_id=${runId}`).then(({ status, headers }) => [
          status,
          headers.get('retry-after'),
        ]),
      ),
    )
    expect(frozen).toEqual(frozen.map(() => [503, '5']))
    expect((await predict()).status).toBe(200)
    postgres.thaw()
    await expect.poll(async () => (await ask(`${mlflow}/runs/get?run_id=${runId}`)).status, patient).toBe(200)

    await s3.stop()
    const away = [await put('second'), await ask(file)]
    expect(away.map(({ status }) => status)).toEqual([503, 503])
    expect(away[0]!.text).toMatch(/artifact store does not answer/)
    expect((await predict()).status).toBe(200)
    await s3.start()
    await expect.poll(async () => (await ask(file)).text, patient).toBe('first')
    expect((await put('third')).status).toBe(200)
    expect((await ask(file)).text).toBe('third')
    await end(server)

    await using kept = await openStore(store)
    for (const [key, steps] of acknowledged) {
      const points = await kept.logging.history(runId, key, { limit: 25_000 })
      const found = new Set(points.map(({ step }) => step))
      expect(steps.filter((step) => !found.has(step))).toEqual([])
    }
  }, 90_000)

  async function register(url: string, artifactUrl: string): Promise<void> {
    await using store = await openStore(url)
    await using artifacts = await openArtifacts({ url: artifactUrl, store })
    const registry = await openRegistry({ store, artifacts })
    await registry.register('cost', `${folder.path}/cost`)
    await registry.setAlias('cost', 'champion', 1)
  }
})

describe('a server that is sent bodies to hold it up', () => {
  const keys = (count: number, name: string): string =>
    `{${Array.from({ length: count }, (_, i) => `"${name}${i}":${i}`).join()}}`
  const bodies: readonly (readonly [string, string])[] = [
    ['nested', '['.repeat(3_000_000)],
    ['nested within', `{"rows":${'[{"a":'.repeat(500_000)}`],
    ['of a million keys', keys(1_000_000, 'k')],
    [
      'of rows whose keys all differ',
      `[${Array.from({ length: 300 }, (_, i) => keys(300, `r${i}k`)).join()}]`,
    ],
    ['of open quotes', `"${'\\"'.repeat(500_000)}NaN`],
  ]
  test('refuses each in every protocol, and answers others', async () => {
    const server = await served(
      ['ui', '--serve', 'cost', '--port', '0', '--store', 'flood.db', '--artifacts', 'files'],
      {
        cwd: folder.path,
      },
    )
    const paths = [
      '/api/v1/serving/models/cost/predict',
      '/v2/models/cost/infer',
      '/v1/models/cost:predict',
      '/predictions/cost',
      '/invocations',
      '/api/2.0/mlflow/runs/search',
      '/api/v1/session',
    ]
    for (const path of paths) {
      for (const [what, body] of bodies) {
        const { status, text } = await post(server.url + path, body)
        expect([path, what, status >= 400 && status < 500, text.length > 20, text.length < 20_000]).toEqual([
          path,
          what,
          true,
          true,
          true,
        ])
      }
      expect((await post(`${server.url}${paths[0]!}`, row)).status).toBe(200)
    }
    for (const [type, body] of [
      ['text/csv', ','.repeat(5_000_000)],
      ['text/csv', `size,city,${'"'.repeat(5_000_001)}`],
      ['application/jsonlines', '['.repeat(3_000_000)],
    ] as const) {
      const sent = { method: 'POST', headers: { 'content-type': type }, body }
      const { status } = await ask(`${server.url}/invocations`, sent)
      expect([type, status >= 400 && status < 500]).toEqual([type, true])
    }
    expect((await ask(`${server.url}/v2/models/%ff/ready`)).text).toContain('cannot be read')
    await end(server)
  }, 90_000)
})
