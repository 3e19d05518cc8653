// Options as data: one declaration validates, fills defaults, writes the error text, and is read by the command line,
// the documentation and the tuner.
import { closestName, InvalidOptionError, quote } from './errors.js'

/** How a tuner may move along one option. */
export type SearchSpace =
  | { readonly type: 'uniform' | 'log-uniform' | 'integer'; readonly low: number; readonly high: number }
  | { readonly type: 'choice'; readonly values: readonly unknown[] }

/** The declaration of one option: what it accepts, in words and in code. */
export interface OptionSpec<T> {
  readonly default: T
  /** Completes the sentence "expected …". */
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
  readonly search?: SearchSpace
}

interface NumberRange<T> {
  readonly default: T
  readonly min?: number
  readonly max?: number
  /** The bounds themselves are not allowed. */
  readonly exclusive?: boolean
  readonly search?: SearchSpace
}

function inRange(value: number, range: NumberRange<unknown>): boolean {
  const { min = -Infinity, max = Infinity, exclusive = false } = range
  return exclusive ? value > min && value < max : value >= min && value <= max
}

function rangeText(noun: string, range: NumberRange<unknown>): string {
  const { min, max, exclusive = false } = range
  if (min !== undefined && max !== undefined)
    return `${noun} ${exclusive ? 'strictly ' : ''}between ${min} and ${max}`
  if (min !== undefined) return `${noun} ${exclusive ? 'greater than' : 'of at least'} ${min}`
  if (max !== undefined) return `${noun} ${exclusive ? 'less than' : 'of at most'} ${max}`
  return noun
}

const spec = <T>(base: Omit<OptionSpec<T>, 'search'>, search?: SearchSpace): OptionSpec<T> =>
  search === undefined ? base : { ...base, search }

/** A finite number. */
export function real(range: NumberRange<number>): OptionSpec<number> {
  return spec(
    {
      default: range.default,
      expected: rangeText('a number', range),
      accepts: (value) => typeof value === 'number' && Number.isFinite(value) && inRange(value, range),
    },
    range.search,
  )
}

/** A whole number. */
export function integer(range: NumberRange<number>): OptionSpec<number> {
  return spec(
    {
      default: range.default,
      expected: rangeText('a whole number', range),
      accepts: (value) => Number.isInteger(value) && inRange(value as number, range),
    },
    range.search,
  )
}

/** True or false. */
export function flag(options: { readonly default: boolean }): OptionSpec<boolean> {
  return {
    default: options.default,
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
  }
}

/** One of a few strings. */
export function oneOf<const T extends string>(
  values: readonly T[],
  options: { readonly default: NoInfer<T> },
): OptionSpec<T> {
  return {
    default: options.default,
    expected: `one of ${values.map((value) => `'${value}'`).join(', ')}`,
    accepts: (value) => values.includes(value as T),
    search: { type: 'choice', values },
  }
}

/** Any text. */
export function text(options: { readonly default: string }): OptionSpec<string> {
  return { default: options.default, expected: 'a string', accepts: (value) => typeof value === 'string' }
}

/** A list of strings. */
export function names(options: { readonly default: readonly string[] }): OptionSpec<readonly string[]> {
  return {
    default: options.default,
    expected: 'a list of strings',
    accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  }
}

/** The same option, where `null` means "not set". */
export function nullable<T>(inner: OptionSpec<T>): OptionSpec<T | null> {
  return {
    ...inner,
    default: null,
    expected: `${inner.expected}, or null`,
    accepts: (value) => value === null || inner.accepts(value),
  }
}

/** The same option, where not to give it is a choice of its own. */
export function optional<T>(inner: Omit<OptionSpec<T>, 'default'>): OptionSpec<T | undefined> {
  return {
    ...inner,
    default: undefined,
    accepts: (value) => value === undefined || inner.accepts(value),
  }
}

/** Another kind of value, described in words. */
export function custom<T>(base: Omit<OptionSpec<T>, 'search'>): OptionSpec<T> {
  return base
}

/** Options as they are given: any of them may be left out, or undefined, which means its default. */
export type GivenOptions<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined }

/** A table of option declarations, with the parser made from it. */
export interface OptionsDeclaration<Options> {
  readonly specs: { readonly [Name in keyof Options]-?: OptionSpec<Options[Name]> }
  /**
   * Checks what was given and fills in the defaults; `undefined` means default.
   *
   * @throws {@link InvalidOptionError} for an unknown name or an unaccepted value
   */
  parse(owner: string, given?: GivenOptions<Options>): Readonly<Options>
}

/**
 * Declares options. The interface keeps the documentation that users see on hover; this table drives everything else.
 *
 * @example
 * ```ts
 * const options = defineOptions<{ alpha: number }>({ alpha: real({ min: 0, default: 1 }) })
 * options.parse('ridge', {}).alpha // => 1
 * ```
 */
export function defineOptions<Options extends object>(
  specs: OptionsDeclaration<Options>['specs'],
): OptionsDeclaration<Options> {
  const known = Object.keys(specs) as (keyof Options & string)[]
  return {
    specs,
    parse(owner, given = {}) {
      requireObject(owner, given)
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(specs, name)) throw unknownOption(owner, name, known)
      }
      const parsed: Partial<Options> = {}
      for (const name of known) {
        const value = given[name]
        const declared = specs[name]
        if (value === undefined) parsed[name] = declared.default
        else if (declared.accepts(value)) parsed[name] = value
        else throw invalidOption(owner, name, declared.expected, value)
      }
      return Object.freeze(parsed as Options)
    },
  }
}

/** What the options of a function are checked by: a declaration, or `true` where the function itself looks at the value. */
export type OptionChecks<Options> = {
  readonly [Name in keyof Options]-?: Pick<OptionSpec<unknown>, 'expected' | 'accepts'> | true
}

/**
 * Checks the options of a function, which keeps its own defaults; `undefined` means default.
 *
 * @throws {@link InvalidOptionError} for an unknown name, with the nearest one, or an unaccepted value
 */
export function checkOptions<Options extends object>(
  owner: string,
  given: GivenOptions<Options>,
  checks: OptionChecks<Options>,
): void {
  requireObject(owner, given)
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) throw unknownOption(owner, name, Object.keys(checks))
    const declared = checks[name as keyof Options]
    if (value !== undefined && declared !== true && !declared.accepts(value))
      throw invalidOption(owner, name, declared.expected, value)
  }
}

function requireObject(owner: string, given: unknown): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return
  throw new InvalidOptionError(
    `${owner}: expected an object of options, such as {}; received ${quote(given)}.`,
    { option: '', expected: 'an object', received: given },
  )
}

function invalidOption(
  owner: string,
  option: string,
  expected: string,
  received: unknown,
): InvalidOptionError {
  return new InvalidOptionError(
    `${owner}: option '${option}' must be ${expected}; received ${quote(received)}.`,
    {
      option,
      expected,
      received,
    },
  )
}

function unknownOption(owner: string, option: string, known: readonly string[]): InvalidOptionError {
  const closest = closestName(option, known)
  const advice =
    closest !== undefined
      ? `Did you mean '${closest}'?`
      : known.length > 0
        ? `It has ${known.map((name) => `'${name}'`).join(', ')}.`
        : 'It takes no options.'
  return new InvalidOptionError(`${owner}: there is no option '${option}'. ${advice}`, {
    option,
    expected: known,
    received: option,
  })
}
