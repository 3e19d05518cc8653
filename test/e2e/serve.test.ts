// serve and keys as a shell runs them: called as they say, stopped under load, started wrongly, killed.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/operate/store/index.js'
import { smallBundle } from '../support/bundles.js'
import { cli, expectDone, expectRefused, scratch } from '../support/cli.js'
import { served, type ServedProgram } from '../support/served.js'

const folder = scratch()
const here = { cwd: folder.path }
/** Machines that test have much else to do. */
const patient = { timeout: 20_000 }
const row = { size: 50, city: 'Oslo' }
const place = '/api/v1/serving/models/houses/predict'

beforeAll(async () => {
  await smallBundle(folder.path, 'houses')
  await smallBundle(folder.path, 'dear', { classifier: true })
})

const predict = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}${place}`, {
    method: 'POST',
    body: JSON.stringify(row),
    headers: { 'content-type': 'application/json', ...headers },
  })

async function end(server: ServedProgram, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
  server.child.kill(signal)
  return server.ended
}

describe('serve', () => {
  test('says what it serves and how to call it, and the line works as it stands', async () => {
    const server = await served(['serve', 'houses', 'dear', '--port', '0'], here)
    await expect.poll(() => server.stdout, patient).toContain('without a key')
    expect(server.stdout).toMatch(/houses +1 +ready +regression/)
    expect(server.stdout).toMatch(/dear +1 +ready +binary/)
    const line = /^curl .*$/m.exec(server.stdout)![0]
    const answer = JSON.parse(
      execFileSync('sh', ['-c', `${line} --silent --show-error`], { encoding: 'utf8' }),
    ) as object
    expect(answer).toMatchObject({ model: 'houses', version: '1', prediction: expect.any(Number) })
    expect(await end(server)).toBe(0)
    // Without a store to be asked for, none is made.
    expect(existsSync(join(folder.path, '.modelwright'))).toBe(false)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'answers all that has begun when %s comes under load',
    async (signal) => {
      const server = await served(['serve', 'houses', '--port', '0', '--log-level', 'silent'], here)
      const agent = new Agent({ keepAlive: true, maxSockets: 16 })
      const outcomes = { answered: 0, refused: 0, lost: [] as string[] }
      let stopped = false
      const send = (): Promise<void> =>
        new Promise((resolve) => {
          const body = JSON.stringify(row)
          const asked = request(
            `${server.url}${place}`,
            {
              method: 'POST',
              agent,
              headers: { 'content-type': 'application/json', 'content-length': body.length },
            },
            (answer) => {
              let text = ''
              answer.setEncoding('utf8').on('data', (part: string) => (text += part))
              answer.on('close', () => {
                const whole =
                  answer.complete && answer.statusCode === 200 && 'prediction' in (JSON.parse(text) as object)
                if (whole) outcomes.answered++
                else outcomes.lost.push(`${answer.statusCode} ${text}`)
                resolve()
              })
            },
          )
          asked.on('error', (error: NodeJS.ErrnoException) => {
            // Whoever finds nobody there knows that nothing was begun.
            if (error.code === 'ECONNREFUSED') outcomes.refused++
            else outcomes.lost.push(`${error.code}`)
            resolve()
          })
          asked.end(body)
        })
      const client = async (): Promise<void> => {
        while (!stopped && outcomes.refused < 16) await send()
      }
      const clients = Array.from({ length: 16 }, client)
      await expect.poll(() => outcomes.answered, patient).toBeGreaterThan(200)
      server.child.kill(signal)
      const code = await server.ended
      stopped = true
      await Promise.all(clients)
      agent.destroy()
      expect({ code, lost: outcomes.lost }).toEqual({ code: 0, lost: [] })
    },
    30_000,
  )

  test('a second signal ends it at once', async () => {
    const server = await served(['serve', 'houses', '--port', '0', '--drain-delay', '1h'], here)
    server.child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, patient).toBe(503)
    expect(await end(server)).toBe(130)
  })

  test('takes its options from the environment, too', async () => {
    const env = {
      MODELWRIGHT_PORT: '0',
      MODELWRIGHT_MAX_ROWS: '1',
      MODELWRIGHT_HOST: '0.0.0.0',
      MODELWRIGHT_INSECURE_NO_AUTH: '1',
    }
    const server = await served(['serve', 'houses'], { ...here, env })
    const answer = await fetch(`${server.url}${place}`, {
      method: 'POST',
      body: JSON.stringify([row, row]),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(413)
    await expect.poll(() => server.stdout, patient).toContain('Whoever reaches this server')
    expect(await end(server)).toBe(0)
  })

  test('shares traffic between versions', async () => {
    mkdirSync(join(folder.path, 'shared'))
    for (const version of ['1', '2'])
      cpSync(join(folder.path, 'houses'), join(folder.path, 'shared', version), { recursive: true })
    const server = await served(['serve', 'shared', '--port', '0', '--traffic', 'v1=1,v2=1'], here)
    const versions = new Set<string>()
    for (let i = 0; i < 100; i++) {
      const answer = await fetch(`${server.url}${place.replace('houses', 'shared')}`, {
        method: 'POST',
        body: JSON.stringify(row),
        headers: { 'content-type': 'application/json' },
      })
      versions.add(((await answer.json()) as { version: string }).version)
    }
    expect(versions).toEqual(new Set(['1', '2']))
    expect(await end(server)).toBe(0)
  })
})

describe('serve, started wrongly,', () => {
  test.each([
    ['with nothing', ['serve'], 2, /bundle.*name@alias/],
    ['with what is not there', ['serve', 'nothing'], 3, /nothing at 'nothing'/],
    ['with a port that is none', ['serve', 'houses', '--port', '99999'], 2, /--port: expected a port/],
    [
      'open to all without keys',
      ['serve', 'houses', '--port', '0', '--host', '0.0.0.0'],
      2,
      /keys create.*--insecure-no-auth/,
    ],
    ['with half a certificate', ['serve', 'houses', '--port', '0', '--tls-cert', 'x'], 2, /--tls-key/],
    ['with shares that are none', ['serve', 'houses', '--port', '0', '--traffic', '1=x'], 2, /1=90,2=10/],
    ['with shares of a version that is none', ['serve', 'houses', '--port', '0', '--traffic', '7=1'], 3, /7/],
    ['with a rule that is none', ['serve', 'houses', '--port', '0', '--redact', 'a=rot13'], 2, /=mask/],
    ['with a size that is none', ['serve', 'houses', '--port', '0', '--max-body', 'big'], 2, /64m/],
    [
      'with a model of a registry that has none',
      ['serve', 'nobody@champion', '--port', '0', '--store', 'empty.db'],
      3,
      /nobody/,
    ],
  ])('%s, says why', async (_how, args, code, sentence) => {
    expectRefused(await cli(args, here), code, sentence)
  })

  test('on a port that is taken, says so and leaves the first one alone', async () => {
    const first = await served(['serve', 'houses', '--port', '0'], here)
    const { port } = new URL(first.url)
    expectRefused(
      await cli(['serve', 'houses', '--port', port], here),
      2,
      new RegExp(`port ${port} .*--port`),
    )
    expect((await predict(first.url)).status).toBe(200)
    expect(await end(first)).toBe(0)
  })

  test('with a broken bundle, says what is broken', async () => {
    cpSync(join(folder.path, 'houses'), join(folder.path, 'broken'), { recursive: true })
    writeFileSync(join(folder.path, 'broken', 'model.onnx'), 'no graph at all')
    expectRefused(await cli(['serve', 'broken', '--port', '0'], here), 3, /broken/)
    const server = await served(['serve', 'houses', 'broken', '--port', '0'], here)
    await expect.poll(() => server.stdout, patient).toMatch(/! broken 1: /)
    expect((await predict(server.url)).status).toBe(200)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    expect(await end(server)).toBe(0)
  })
})

describe('keys', () => {
  const store = ['--store', 'keys.db']
  const create = async (...more: string[]): Promise<string> =>
    expectDone(
      await cli(['keys', 'create', '--name', 'ci', '--scopes', 'predict', ...store, ...more], here),
    ).stdout.trim()

  test('are shown once, open a server, and end with their revocation', async () => {
    const key = await create()
    expect(key).toMatch(/^mw_[\w-]{43}$/)
    const server = await served(['serve', 'houses', '--port', '0', '--host', '0.0.0.0', ...store], here)
    await expect.poll(() => server.stdout, patient).toContain('Authorization: Bearer <key>')
    expect((await predict(server.url)).status).toBe(401)
    expect((await predict(server.url, { authorization: `Bearer ${key}` })).status).toBe(200)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    const listed = expectDone(await cli(['keys', 'list', ...store], here)).stdout
    expect(listed).toContain(key.slice(0, 11))
    expect(listed).not.toContain(key.slice(11))
    expectDone(await cli(['keys', 'revoke', key.slice(0, 11), ...store], here))
    await expect
      .poll(async () => (await predict(server.url, { authorization: `Bearer ${key}` })).status, {
        timeout: 15_000,
      })
      .toBe(401)
    expect(await end(server)).toBe(0)
    // Neither the file nor the log holds it.
    for (const file of ['keys.db', 'keys.db-wal'].map((name) => join(folder.path, name)))
      if (existsSync(file)) expect(readFileSync(file).includes(key.slice(11))).toBe(false)
    expect(server.stderr).not.toContain(key.slice(11))
  }, 30_000)

  test('may end by themselves', async () => {
    await create('--expires', '90d')
    const listed = JSON.parse(expectDone(await cli(['keys', 'list', '--json', ...store], here)).stdout) as {
      expirationTime?: number
    }[]
    expect(listed[0]!.expirationTime).toBeGreaterThan(listed[1]!.expirationTime ?? 0)
  })

  test.each([
    [['keys', 'create', '--name', 'x', '--scopes', 'root'], 2, /'predict', 'predict:<model>'/],
    [['keys', 'create', '--name', 'x', '--scopes', 'read', '--expires', 'soon'], 2, /--expires/],
    [['keys', 'revoke', 'nobody'], 3, /no key 'nobody'/],
    [['keys', 'create', '--name', 'x'], 2, /--scopes/],
    [['keys', 'list', '--store', 'mysql://x'], 2, /postgres:/],
  ])('%j is refused', async (args, code, sentence) => {
    const given = args.includes('--store') ? args : [...args, ...store]
    expectRefused(await cli(given, here), code, sentence)
  })

  test('one in the environment is enough for a server without a store', async () => {
    const key = 'k'.repeat(40)
    const env = { MODELWRIGHT_API_KEY: key }
    const server = await served(['serve', 'houses', '--port', '0', '--host', '0.0.0.0'], { ...here, env })
    expect((await predict(server.url)).status).toBe(401)
    expect((await predict(server.url, { 'x-api-key': key })).status).toBe(200)
    expect(await end(server)).toBe(0)
    expectRefused(
      await cli(['serve', 'houses', '--port', '0'], { ...here, env: { MODELWRIGHT_API_KEY: 'short' } }),
      2,
      /20 characters/,
    )
  })
})

describe('the log of requests', () => {
  test('survives kill -9, holds nothing that is to be hidden, and goes on', async () => {
    const log = ['--store', 'log.db', '--log-requests', '1', '--redact', 'city']
    const start = () => served(['serve', 'houses', '--port', '0', ...log], here)
    const first = await start()
    for (let i = 0; i < 300; i++) expect((await predict(first.url)).status).toBe(200)
    // A write each second, and one for every 200: some are in the store by now.
    const count = async (): Promise<number> => {
      await using store = await openStore(join(folder.path, 'log.db'))
      return (await store.requests.search({ maxResults: 1000 })).requests.length
    }
    await expect.poll(count, patient).toBeGreaterThanOrEqual(200)
    const sending = Promise.allSettled(Array.from({ length: 200 }, () => predict(first.url)))
    first.child.kill('SIGKILL')
    expect(await first.ended).toBe('SIGKILL')
    await sending
    const kept = await count()
    expect(kept).toBeGreaterThanOrEqual(200)
    const second = await start()
    expect((await predict(second.url)).status).toBe(200)
    expect(await end(second)).toBe(0)
    expect(await count()).toBe(kept + 1)
    await using store = await openStore(join(folder.path, 'log.db'))
    const [entry] = (await store.requests.search()).requests
    expect(entry).toMatchObject({ model: 'houses', inputs: [{ size: 50, city: '***' }], rows: 1 })
  }, 30_000)
})
