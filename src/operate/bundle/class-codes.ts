// Labels of other data as the codes of known classes.
import { parseBoolean } from '../../data/index.js'
import type { Label } from '../../learn/contracts/index.js'

/**
 * A function from a label to its class code, undefined when missing or unknown. Labels are compared as text; where the
 * classes are a pair such as No and Yes, other ways to write it count too: a database gives true and false.
 */
export function classCodes(
  classes: readonly Label[],
): (label: Label | bigint | null | undefined) => number | undefined {
  const texts = classes.map(String)
  const codeOf = new Map(texts.map((text, code) => [text, code]))
  const values = texts.map((text) => parseBoolean(text))
  const isPair = texts.length === 2 && values[0] !== values[1] && !values.some(Number.isNaN)
  return (label) => {
    if (label === null || label === undefined) return undefined
    const code = codeOf.get(String(label))
    if (code !== undefined || !isPair) return code
    const found = values.indexOf(parseBoolean(String(label)))
    return found < 0 ? undefined : found
  }
}

/** A number, also one that is written as text; undefined when missing or none. */
export function numberOf(label: unknown): number | undefined {
  if (label === null || label === undefined || label === '') return undefined
  const number = Number(label)
  return Number.isFinite(number) ? number : undefined
}
