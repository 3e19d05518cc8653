import { createServer, connect, type Socket } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.js'
import { OverloadError } from '../../base/index.js'
import { openStore } from './index.js'
import { openDatabase } from './open-store.js'

let server: TestPostgres
beforeAll(async () => {
  const started = await startPostgres()
  if ('missing' in started) throw new Error(started.missing)
  server = started
}, 60_000)
afterAll(() => server?.[Symbol.asyncDispose]())

const away = { code: 'overload', details: { retryAfter: 5, reason: 'store', written: false } }

test('a connection that is lost while it is used fails its work with a reason, and nothing else', async () => {
  const url = await server.newDatabase()
  const [ours, others] = [await openDatabase(url), await openDatabase(url)]
  let begun = 0
  // One is lost within a query, one between two of a transaction: then nobody listens but the connection itself.
  const within = ours.write(async (queries) => {
    begun++
    await sql`select pg_sleep(60)`.execute(queries)
  })
  const ended = { now: (): void => undefined }
  const lost = new Promise<void>((resolve) => (ended.now = resolve))
  const between = ours.write(async (queries) => {
    await sql`select 1`.execute(queries)
    begun++
    await lost
    await sql`select 2`.execute(queries)
  })
  const failures = Promise.all([within, between].map((work) => work.then(() => undefined, ours.explain)))
  await expect.poll(() => begun).toBe(2)
  const running = sql<{ count: number }>`select count(*) as count from pg_stat_activity
    where pid <> pg_backend_pid() and application_name = 'modelwright'`
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and application_name = 'modelwright'`.execute(others.db)
  await expect.poll(async () => (await running.execute(others.db)).rows[0]!.count).toBe(0)
  ended.now()
  for (const failure of await failures) expect(OverloadError.is(failure), String(failure)).toBe(true)
  expect((await sql<{ one: number }>`select 1 as one`.execute(ours.db)).rows).toEqual([{ one: 1 }])
  await ours.close()
  await others.close()
})

test.skipIf(process.platform === 'win32')(
  'a server that is silent fails what waits for it, keeps nothing half done, and is used again when it goes on [needs SIGSTOP]',
  async () => {
    const url = await server.newDatabase()
    // Long enough for a busy machine to open it.
    await using store = await openStore(`${url}?query_timeout=2000`)
    const { runId } = await store.runs.create({ experimentId: '0', name: 'r' })
    const log = (step: number) =>
      store.logging.batch(runId, { metrics: [{ key: 'm', value: step, step, timestamp: 1 }] })
    await Promise.all(Array.from({ length: 20 }, (_, step) => log(step)))
    const beforeFreeze = Array.from({ length: 4 }, (_, i) => log(100 + i))
    server.freeze()
    const outcomes = await Promise.allSettled([...beforeFreeze, log(200), store.runs.get(runId), log(201)])
    expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: away })
    expect(outcomes.at(-2)).toMatchObject({ status: 'rejected', reason: away })
    server.thaw()
    await expect.poll(() => store.runs.get(runId).catch(() => undefined)).toBeDefined()
    await log(300)
    const steps = (await store.logging.history(runId, 'm', { limit: 1000 })).map(({ step }) => step)
    const acknowledged = [100, 101, 102, 103].filter((_, i) => outcomes[i]!.status === 'fulfilled')
    expect(steps).toEqual(
      expect.arrayContaining([...Array.from({ length: 20 }, (_, step) => step), ...acknowledged, 300]),
    )
    // They said that nothing was written, and so it must stay, however late the server goes on.
    expect(steps).not.toEqual(expect.arrayContaining([200]))
    expect(steps).not.toEqual(expect.arrayContaining([201]))
  },
  60_000,
)

describe('a connection that is lost during COMMIT', () => {
  test.each([
    ['after it reached the server', { forward: true, back: true }, true],
    ['before it reached the server', { forward: false, back: true }, false],
  ] as const)('%s: the server is asked how it ended', async (_, how, kept) => {
    const url = await server.newDatabase()
    await using store = await openStore(url)
    const cut = await cutting(url)
    await using through = await openStore(cut.url)
    cut.atCommit(how)
    const creating = through.runs.create({ experimentId: '0', name: 'r' })
    if (kept) expect((await creating).name).toBe('r')
    else await expect(creating).rejects.toMatchObject(away)
    const { runs } = await store.runs.search({ experimentIds: ['0'], maxResults: 10 })
    expect(runs.map(({ name }) => name)).toEqual(kept ? ['r'] : [])
    await cut.close()
  })

  test('by a server that stays away: it says that this is not known', async () => {
    const cut = await cutting(await server.newDatabase())
    const through = await openStore(cut.url)
    cut.atCommit({ forward: true, back: false })
    const creating = through.runs.create({ experimentId: '0', name: 'r' })
    await expect(creating).rejects.toThrow(/whether this was written is not known: look for it before/)
    await expect(creating).rejects.toMatchObject({ code: 'overload', details: { written: 'unknown' } })
    const after = through.runs.create({ experimentId: '0', name: 'r' })
    await expect(after).rejects.toThrow(/nothing was written, try again/)
    await through.close()
    await cut.close()
  })
})

interface Cut {
  /** Whether the COMMIT still reaches the server. */
  readonly forward: boolean
  /** Whether connections are taken afterwards. */
  readonly back: boolean
}

/** The way to a server, which is cut when the next COMMIT passes. */
async function cutting(url: string) {
  const { port } = new URL(url)
  let cut: Cut | undefined
  const open = new Set<Socket>()
  const proxy = createServer((client) => {
    const upstream = connect(Number(port), '127.0.0.1')
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined).on('close', () => open.delete(socket))
    }
    upstream.pipe(client)
    client.on('end', () => upstream.end())
    client.on('data', (bytes: Buffer) => {
      if (cut === undefined || !bytes.includes('commit')) return upstream.write(bytes)
      const { forward, back } = cut
      cut = undefined
      upstream.unpipe(client)
      if (!back) proxy.close()
      if (!forward) upstream.destroy()
      // Its answer shows that the server is done with it, and goes no further.
      else
        upstream
          .once('data', () => upstream.destroy())
          .resume()
          .write(bytes)
      upstream.once('close', () => (back ? [client] : [...open]).forEach((socket) => socket.destroy()))
      return true
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = new URL(url)
  address.port = String((proxy.address() as { port: number }).port)
  return {
    url: address.href,
    atCommit(how: Cut): void {
      cut = how
    },
    async close(): Promise<void> {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
