// Whether there is time for a candidate, and how much it may take.
import type { Candidate } from './candidate.js'
import type { Rung } from './rung.js'

/** Seconds that a candidate will take over all folds: its estimate, scaled by how rungs before it took to theirs. */
export function expectedSeconds(candidate: Candidate, rungs: readonly Rung[], folds: number): number {
  return candidate.cost * paceFor(candidate, rungs) * folds
}

/** Measured over estimated seconds, of the most costly rung of the same kind, or else of all. */
function paceFor(candidate: Candidate, rungs: readonly Rung[]): number {
  const climbed = rungs.filter((rung) => rung.candidate.cost > 0 && rung.seconds > 0)
  const like = climbed.filter((rung) => rung.candidate.kind === candidate.kind)
  const pool = like.length > 0 ? like : climbed
  if (pool.length === 0) return 1
  const telling = pool.reduce((most, rung) => (rung.candidate.cost > most.candidate.cost ? rung : most))
  return telling.seconds / (telling.candidate.cost * telling.folds)
}

/**
 * The part of the time left that a candidate may take: half, so that a wrong estimate does not cost all that follow;
 * before any boosting a third, since linear models of many classes can be as dear (letter: 26 classes, 7 s a fold).
 * The constant may take all, since it is the answer whatever else happens, and the first two boostings (of which one may
 * be a quick one) nearly all: they are what most often wins, and what follows adds little.
 */
export function allowedShare({ kind }: Candidate, rungs: readonly Rung[]): number {
  if (kind === 'constant') return 1
  const boostings = boostingsOf(rungs)
  if (kind === 'boosting') return boostings < 2 ? 0.95 : 0.5
  return boostings === 0 ? 0.35 : 0.5
}

const boostingsOf = (rungs: readonly Rung[]): number =>
  rungs.filter((rung) => rung.candidate.kind === 'boosting').length

/**
 * Whether a candidate is worth starting. The first boosting is tried whatever is expected: the pace of other kinds says
 * little of it, and there is no better use of the time.
 */
export function isWorthStarting(
  candidate: Candidate,
  rungs: readonly Rung[],
  given: { readonly allowed: number; readonly folds: number },
): boolean {
  if (given.allowed <= 0) return false
  if (candidate.kind === 'boosting' && boostingsOf(rungs) === 0) return true
  return given.allowed > expectedSeconds(candidate, rungs, given.folds)
}

/**
 * Seconds after which a candidate that was started is stopped: later than it was expected to end, since estimates are
 * rough and what it has done would be lost, but with a part left for others.
 */
export const abortAfter = (left: number, allowed: number): number =>
  Math.max(allowed, Math.min(1.75 * allowed, 0.75 * left))

/** Of the time for a candidate, the part that its folds may take: if it is kept, it is fitted once more, on all rows. */
export const shareOfFolds = (folds: number): number => folds / (folds + lastFitOverFold)

/** A fit on all rows over one on the rows of a fold: a quarter more rows and some more rounds. */
export const lastFitOverFold = 1.4
