// Rules that keep what is personal out of the log of requests.
import { createHmac } from 'node:crypto'
import { InvalidOptionError, quote } from '../../../base/index.js'

/**
 * A column whose values are not to be logged as they are. `*` in the name stands for any letters; capitals do not matter.
 *
 * - `mask`: `***` stands for it
 * - `drop`: not even the column's name is kept
 * - `hash`: equal values keep equal hashes, so that they can be counted and joined; a secret keeps them from being looked up
 */
export interface RedactRule {
  readonly column: string
  readonly with: 'mask' | 'drop' | 'hash'
}

type Cell = readonly [name: string, value: unknown]

/** 64 bits: a million values share a hash with a chance of 1 in 30 million. */
const hashDigits = 16

/**
 * Rules in the order in which they are asked; a name alone means `mask`.
 *
 * @throws {@link InvalidOptionError} for a rule that cannot be understood: it must never mean that nothing is redacted
 */
export function redactRules(given: readonly (string | RedactRule)[]): readonly RedactRule[] {
  return given.map((rule) => {
    const full = typeof rule === 'string' ? ({ column: rule, with: 'mask' } as const) : rule
    if (typeof full?.column === 'string' && full.column !== '' && ways.includes(full.with)) return full
    throw new InvalidOptionError(
      `logRequests: option 'redact' must be names of columns or { column, with: 'mask' | 'drop' | 'hash' }; received ${quote(rule)}.`,
      { option: 'redact', expected: ways, received: rule },
    )
  })
}

const ways: readonly unknown[] = ['mask', 'drop', 'hash']

/** A function that redacts rows. @param secret - of the hashes; the same secret gives the same hashes */
export function redactor(
  rules: readonly RedactRule[],
  secret: string,
): (row: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const patterns = rules.map((rule) => ({ matches: matcherOf(rule.column), how: rule.with }))
  // Names come again and again; clients may send names without end, which are not worth remembering.
  const known = new Map<string, RedactRule['with'] | undefined>()
  const howOf = (name: string): RedactRule['with'] | undefined => {
    if (known.has(name)) return known.get(name)
    const how = patterns.find(({ matches }) => matches.test(name))?.how
    if (known.size < mostNames) known.set(name, how)
    return how
  }
  const hidden = ([name, value]: Cell): readonly Cell[] => {
    const how = howOf(name)
    if (how === undefined) return [[name, value]]
    if (how === 'drop') return []
    if (value === null || value === undefined) return [[name, null]]
    return [[name, how === 'mask' ? '***' : hashOf(value, secret)]]
  }
  return (row) => Object.fromEntries(Object.entries(row).flatMap(hidden))
}

/** More columns than a table of ours has. */
const mostNames = 10_000

const matcherOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/\*+/)
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      .join('.*')}$`,
    'isu',
  )

const hashOf = (value: unknown, secret: string): string =>
  createHmac('sha256', secret)
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex')
    .slice(0, hashDigits)
