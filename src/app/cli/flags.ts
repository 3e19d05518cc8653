// Options of commands that run a server: one declaration each gives the help, the variable that speaks where the flag is silent, and the
// reading of what was given.
import type { Command } from 'commander'
import { UsageError } from '../../base/index.js'
import { parseSeconds } from './seconds.js'
import { countOption, listOption, numberOption } from './train-options.js'

/** One option. */
export interface Flag<T> {
  /** As commander writes it: `--port <number>`. */
  readonly flags: string
  readonly text: string
  /** Variables that are asked, in this order, where the flag is not given. */
  readonly variables?: readonly string[]
  /** From what was typed, or stands in a variable. @throws {@link UsageError} */
  readonly read: (given: string, name: string) => T
  readonly otherwise?: T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

/** What flags say; those without a default may say nothing. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends { readonly otherwise: unknown }
    ? ReturnType<F[Name]['read']>
    : ReturnType<F[Name]['read']> | undefined
}

/** Adds the options to a command. */
export function declareFlags(command: Command, flags: Flags): Command {
  for (const { flags: written, text, variables = [] } of Object.values(flags))
    command.option(written, variables.length === 0 ? text : `${text} [${variables.join(', ')}]`)
  return command
}

/** Reads all of them: what was typed, else a variable, else the default. @throws {@link UsageError} */
export function readFlags<F extends Flags>(
  flags: F,
  typed: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): FlagValues<F> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, valueOf(name, flag, { typed, environment })]),
  ) as FlagValues<F>
}

interface Sources {
  readonly typed: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
}

function valueOf(name: string, flag: Flag<unknown>, { typed, environment }: Sources): unknown {
  const given = typed[name]
  if (given !== undefined) return flag.read(given === true ? 'true' : (given as string), longName(flag.flags))
  const variable = flag.variables?.find((candidate) => (environment[candidate] ?? '') !== '')
  return variable === undefined ? flag.otherwise : flag.read(environment[variable]!, variable)
}

const longName = (flags: string): string => /--[a-z-]+/.exec(flags)?.[0] ?? flags

export const asText = (given: string): string => given
export const asList = (given: string): readonly string[] => listOption(given)
export const asCount = (given: string, name: string): number => countOption(name, given)
export const asMilliseconds = (given: string, name: string): number =>
  given.trim() === '0' ? 0 : Math.round(parseSeconds(given, name) * 1000)

/** Given without a value it is true; variables say 1 or true. */
export function asSwitch(given: string, name: string): boolean {
  if (['true', '1', 'yes', 'on'].includes(given.toLowerCase())) return true
  if (['false', '0', 'no', 'off'].includes(given.toLowerCase())) return false
  throw wrong(name, 'true or false', given)
}

export function asPort(given: string, name: string): number {
  const port = numberOption(name, given)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw wrong(name, 'a port from 1 to 65535, or 0 for any that is free', given)
}

export function asShare(given: string, name: string): number {
  const share = numberOption(name, given)
  if (share >= 0 && share <= 1) return share
  throw wrong(name, 'a share from 0 to 1', given)
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
}

/** Bytes from `512m`, `2g`, `4GiB`, `1000`. */
export function asBytes(given: string, name: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(given.trim()) ?? []
  const bytes = Math.round(Number(digits) * units[(unit ?? '').toLowerCase()]!)
  if (digits !== undefined && bytes >= 1) return bytes
  throw wrong(name, 'a size such as 64m or 2g', given)
}

export const asOneOf =
  <const T extends string>(values: readonly T[]) =>
  (given: string, name: string): T => {
    const found = values.find((value) => value === given)
    if (found !== undefined) return found
    throw wrong(name, `one of ${values.join(', ')}`, given)
  }

export const wrong = (name: string, expected: string, received: string): UsageError =>
  new UsageError(`${name}: expected ${expected}; received '${received}'.`, { argument: name })
