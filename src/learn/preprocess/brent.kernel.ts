// Brent's search for the minimum of a function of one number.

// The golden section: each step without a parabola cuts the interval by it.
const golden = (3 - Math.sqrt(5)) / 2
// A minimum is flat: no closer position can be told apart in float64 (√ε).
const tolerance = 1.5e-8
// Golden section alone needs 40 steps from 10 to √ε.
const maxSteps = 100

/**
 * The position of a local minimum within bounds; the minimum, if the function has but one.
 *
 * Parabolas through the best three points, golden sections where these fail; about 10 to 40 calls.
 *
 * @see R. P. Brent, Algorithms for Minimization without Derivatives, 1973, chapter 5
 */
export function minimizeBounded(
  f: (x: number) => number,
  bounds: { readonly low: number; readonly high: number },
): number {
  let { low, high } = bounds
  let best = low + golden * (high - low)
  let second = best
  let third = best
  let fBest = f(best)
  let fSecond = fBest
  let fThird = fBest
  let step = 0
  let before = 0
  for (let i = 0; i < maxSteps; i++) {
    const middle = (low + high) / 2
    const least = tolerance * Math.abs(best) + 1e-10
    if (Math.abs(best - middle) <= 2 * least - (high - low) / 2) break
    const parabola = parabolicStep({ best, second, third, fBest, fSecond, fThird })
    const usable =
      Math.abs(before) > least &&
      Math.abs(parabola) < Math.abs(before / 2) &&
      best + parabola > low &&
      best + parabola < high
    if (usable) {
      before = step
      step = parabola
      const nearEdge = best + step - low < 2 * least || high - best - step < 2 * least
      if (nearEdge) step = best < middle ? least : -least
    } else {
      before = best < middle ? high - best : low - best
      step = golden * before
    }
    const x = best + (Math.abs(step) >= least ? step : Math.sign(step) * least)
    const fx = f(x)
    if (fx <= fBest) {
      if (x < best) high = best
      else low = best
      ;[third, second, best] = [second, best, x]
      ;[fThird, fSecond, fBest] = [fSecond, fBest, fx]
      continue
    }
    if (x < best) low = x
    else high = x
    if (fx <= fSecond || second === best) {
      ;[third, second] = [second, x]
      ;[fThird, fSecond] = [fSecond, fx]
    } else if (fx <= fThird || third === best || third === second) {
      third = x
      fThird = fx
    }
  }
  return best
}

interface Points {
  readonly best: number
  readonly second: number
  readonly third: number
  readonly fBest: number
  readonly fSecond: number
  readonly fThird: number
}

/** From the best point to the lowest of the parabola through three; NaN where they lie on a line. */
function parabolicStep({ best, second, third, fBest, fSecond, fThird }: Points): number {
  const r = (best - second) * (fBest - fThird)
  const q = (best - third) * (fBest - fSecond)
  return ((best - third) * q - (best - second) * r) / (2 * (r - q))
}
