// What a training job answers: the one document of `--json`.
import type { Task } from '../../metrics/index.js'

export interface TrainWarning {
  readonly code: string
  readonly column: string | null
  readonly message: string
}

export interface LeaderboardEntry {
  readonly name: string
  readonly kind: string
  /** The deciding metric in cross-validation. */
  readonly score: number
  readonly fitSeconds: number
  readonly predictSecondsPer1000: number
}

/** The result of {@link train}. */
export interface TrainResult {
  readonly task: Task
  readonly target: string
  readonly metric: string
  readonly rows: number
  readonly columns: number
  readonly seed: number
  readonly seconds: number
  /** The folder of the bundle; null when none was written. */
  readonly bundle: string | null
  readonly report: string | null
  /** The run that keeps all this; null when no tracker was given. */
  readonly runId: string | null
  /** The name of the winner on the leaderboard. */
  readonly model: string
  /** The simplest model that the data cannot tell from the best. */
  readonly betterChoice: string
  /** Scores on the test part; by the deciding metric NaN (in JSON null) where it has no meaning on these rows. */
  readonly scores: Readonly<Record<string, number>>
  /** 95 % bootstrap intervals on the test part. */
  readonly intervals: Readonly<Record<string, readonly [number, number]>>
  /** Scores of the constant baseline on the test part. */
  readonly baseline: Readonly<Record<string, number>>
  readonly leaderboard: readonly LeaderboardEntry[]
  readonly warnings: readonly TrainWarning[]
}
