// Runs by what their tags say, in whatever experiment they are.
import type { Database } from './database.js'
import type { Pairs } from './pairs.js'

/** The id of the newest run, not deleted, that has all of these tags. */
export async function newestRunWith({ db }: Database, tags: Pairs): Promise<string | undefined> {
  let query = db.selectFrom('runs').select('run_id').where('lifecycle_stage', '=', 'active')
  for (const [key, value] of Object.entries(tags)) {
    query = query.where('runs.id', 'in', (from) =>
      from
        .selectFrom('tags')
        .select('tags.owner')
        .where('tags.key', '=', key)
        .where('tags.value', '=', value),
    )
  }
  const found = await query.orderBy('start_time', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return found?.run_id
}
