// Sums that do not depend on the order of their terms, so that a tree does not depend on the order of rows.

/** The smallest e with 2^e ≥ value; 0 for 0. */
export function exponentOf(value: number): number {
  if (!(value > 0)) return 0
  const guess = Math.round(Math.log2(value))
  return 2 ** guess >= value ? (2 ** (guess - 1) >= value ? guess - 1 : guess) : guess + 1
}

/** 2^exponent, kept within what float64 can hold and divide by. */
export const powerOfTwo = (exponent: number): number => 2 ** Math.max(-1000, Math.min(1000, exponent))

/**
 * Σ term(i) for i from `start` to `end`, the same in every order.
 *
 * Each term is cut at two grids of powers of two, so coarse that sums of multiples are exact in float64. What lies
 * below the second grid is lost: less than 2^(2·bits − 104) · largest a term, where 2^bits ≥ the number of terms.
 *
 * @param largest - bound of |term|
 */
export function exactSum(
  term: (i: number) => number,
  { start, end, largest }: { start: number; end: number; largest: number },
): number {
  const room = 2 ** (52 - exponentOf(Math.max(1, end - start)))
  const scale = powerOfTwo(Math.log2(room) - exponentOf(largest))
  let high = 0
  let low = 0
  for (let i = start; i < end; i++) {
    const scaled = term(i) * scale
    const whole = Math.round(scaled)
    high += whole
    low += Math.round((scaled - whole) * room)
  }
  return (high + low / room) / scale
}
