// Which runs are being written, by whom, and which of them ended without saying so.
import type { Database } from './database.js'

/** A run that says RUNNING and has a process that must give signs of life. */
export interface WatchedRun {
  readonly runId: string
  /** As it was given when the run was created. */
  readonly owner: string
  /** Milliseconds since 1970 of its last sign of life. */
  readonly heartbeatTime: number
}

export function liveness({ db }: Database) {
  return {
    /** Runs that are being written, the longest silent first. */
    async watched(): Promise<WatchedRun[]> {
      const rows = await db
        .selectFrom('runs')
        .select(['run_id', 'owner', 'heartbeat_time'])
        .where('status', '=', 'RUNNING')
        .where('owner', 'is not', null)
        .where('heartbeat_time', 'is not', null)
        .orderBy('heartbeat_time')
        .execute()
      return rows.map((row) => ({
        runId: row.run_id,
        owner: row.owner!,
        heartbeatTime: row.heartbeat_time!,
      }))
    },
    /**
     * Marks a run as KILLED at its last sign of life, unless there was another one since; true when it did.
     */
    async markKilled({ runId, heartbeatTime }: Omit<WatchedRun, 'owner'>): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set({ status: 'KILLED', end_time: heartbeatTime })
        .where('run_id', '=', runId)
        .where('status', '=', 'RUNNING')
        .where('heartbeat_time', '=', heartbeatTime)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}
