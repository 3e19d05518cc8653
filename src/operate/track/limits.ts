// What may be logged: the names and lengths that MLflow's clients and servers take, so that every run can be read by both.
import { InvalidOptionError, quote } from '../../base/index.js'

/** MLflow's limits, in characters (mlflow/utils/validation.py). */
export const limits = {
  key: 250,
  param: 6000,
  tag: 8000,
  experiment: 500,
  datasetName: 500,
  digest: 36,
} as const

/** Letters of any script, digits and these signs: what MLflow's servers take as a name. */
const namePattern = /^[\p{L}\p{N}_/.:\- ]+$/u

/**
 * A name of a metric, parameter or tag.
 *
 * @throws {@link InvalidOptionError} for a name that MLflow would not take
 */
export function checkName(kind: 'metric' | 'parameter' | 'tag', name: unknown): string {
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw refused(
      kind,
      'a name of letters, digits, spaces and the signs _ - . : /',
      name,
      'Choose a name without other signs',
    )
  }
  if (name.length > limits.key)
    throw refused(kind, `a name of at most ${limits.key} characters`, name, 'Choose a shorter one')
  if (!isPlainPath(name)) {
    throw refused(
      kind,
      'a name that is no path out of its folder',
      name,
      "Leave out '..', '.', '//' and slashes at its ends",
    )
  }
  return name
}

/** Stores that keep a file for each name need names that are paths of their own. */
const isPlainPath = (name: string): boolean =>
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

function refused(kind: string, expected: string, received: unknown, advice: string): InvalidOptionError {
  return new InvalidOptionError(
    `log: a ${kind} must have ${expected}; received ${quote(received)}. ${advice}.`,
    { option: kind, expected, received },
  )
}

/** @throws {@link InvalidOptionError} unless it is a number; NaN and Infinity are */
export function checkValue(name: string, value: unknown): number {
  if (typeof value === 'number') return value
  throw new InvalidOptionError(
    `log: metric '${name}' must be a number; received ${quote(value)}. Log texts as tags or parameters.`,
    { option: name, expected: 'a number', received: value },
  )
}

/** @throws {@link InvalidOptionError} unless it is a whole number */
export function checkStep(step: unknown): number {
  if (Number.isSafeInteger(step)) return step as number
  throw new InvalidOptionError(
    `log: option 'step' must be a whole number; received ${quote(step)}. Count epochs or batches.`,
    { option: 'step', expected: 'a whole number', received: step },
  )
}

/** @throws {@link InvalidOptionError} for a name of an experiment that MLflow would not take */
export function checkExperiment(name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '' && name.length <= limits.experiment) return name
  throw new InvalidOptionError(
    `openTracker: option 'experiment' must be a name of 1 to ${limits.experiment} characters; received ${quote(name)}.`,
    { option: 'experiment', expected: 'a name', received: name },
  )
}

/** What a parameter or a tag may be given as. */
export type LoggedValue = string | number | boolean | bigint | Date | null | undefined | object

/** A value as its text: numbers and booleans as JavaScript writes them, lists and objects as JSON. */
export function textOf(value: LoggedValue): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch {
    // A circle, or a bigint within.
    return Object.prototype.toString.call(value)
  }
}

/** The text, cut to the limit where it is longer, never within a pair of surrogates: MLflow's clients cut values and refuse names. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  const last = text.charCodeAt(limit - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit)
}
