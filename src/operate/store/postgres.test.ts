import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startPostgres } from '../../../test/support/postgres.js'
import { OverloadError } from '../../base/index.js'
import { openDatabase } from './open-store.js'

test('a connection that is lost while it is used fails its work with a reason, and nothing else', async () => {
  const server = await startPostgres()
  if ('missing' in server) throw new Error(server.missing)
  await using _ = server
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
