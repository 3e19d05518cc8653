// From the command line to the options of a training job.
import { basename } from 'node:path'
import { UsageError } from '../../base/index.js'
import type { TextEncoding } from '../../data/index.js'
import { parseSeconds } from './seconds.js'

type Options = Readonly<Record<string, unknown>>

/** A number given on the command line. @throws {@link UsageError} */
export function numberOption(name: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  if (Number.isFinite(number)) return number
  throw new UsageError(`${name}: expected a number; received '${String(value)}'.`, { argument: name })
}

/** A count given on the command line. @throws {@link UsageError} */
export function countOption(name: string, value: unknown): number {
  const count = numberOption(name, value)
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new UsageError(`${name}: expected a whole number from 1; received '${String(value)}'.`, {
    argument: name,
  })
}

/** Names separated by commas; those with a comma in them in double quotes, as in CSV. */
export const listOption = (text: string): string[] =>
  Array.from(
    text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]+))\s*(?:,|$)/g),
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!.trim(),
  ).filter((name) => name !== '')

/** How text files are written, as given on the command line. @throws {@link UsageError} */
export function textOptions({ header, encoding }: Options): {
  readonly header: boolean | undefined
  readonly encoding: TextEncoding
} {
  if (encoding !== 'utf-8' && encoding !== 'latin-1') {
    throw new UsageError(`--encoding: expected utf-8 or latin-1; received '${String(encoding)}'.`, {
      argument: '--encoding',
    })
  }
  return { header: header as boolean | undefined, encoding }
}

/** What is no part of a name: 2026.01.csv and 2026.02.csv are two. */
const endings = /(\.(csv|tsv|tab|psv|txt|data|parquet|pq|json|jsonl|ndjson|geojson))?(\.gz)?$/i

/** The name of the bundle's folder when none is given: the source's name without its endings, and `-model`. */
export function defaultOut(source: string | undefined): string {
  const name =
    source === undefined || source === '-'
      ? 'modelwright'
      : basename(source)
          .replace(endings, '')
          .replace(/[*?[\]{}]/g, '')
          .replace(/^\.+/, '')
  return `${name === '' ? 'modelwright' : name}-model`
}

/** @throws {@link UsageError} when what must be given is not */
export function trainOptions(source: string | undefined, options: Options): Record<string, unknown> {
  const { target, sql, recipe } = options
  if (recipe === undefined) {
    if (source === undefined && sql === undefined) {
      throw new UsageError('train: give a source (a file, a glob or - for standard input), or --sql.', {
        argument: 'source',
      })
    }
    if (target === undefined) {
      throw new UsageError('train: give the column to predict with --target.', { argument: '--target' })
    }
  }
  const or = (name: string, absent: unknown): unknown => options[name] ?? absent
  return {
    source: source ?? null,
    sql: or('sql', null),
    header: or('header', null),
    encoding: options['encoding'],
    target: or('target', ''),
    task: options['task'],
    metric: or('metric', null),
    time: parseSeconds(String(options['time'])),
    seed: options['seed'] === 'random' ? 'random' : numberOption('--seed', options['seed']),
    drop: or('drop', []),
    keep: or('keep', []),
    test: numberOption('--test', options['test']),
    testFile: or('testFile', null),
    group: or('group', null),
    timeColumn: or('timeColumn', null),
    prefer: options['prefer'],
    out: or('out', defaultOut(source)),
    ...(options['threads'] === undefined ? {} : { threads: countOption('--threads', options['threads']) }),
  }
}

/** What a replay may be told beside its recipe: where the data lie, where bundle and run go, and how to show it. */
const besideRecipe = new Set([
  'source',
  'recipe',
  'out',
  'threads',
  'json',
  'debug',
  'track',
  'experiment',
  'runName',
  'testRows',
])

/**
 * Refuses typed options that say other than the recipe does, as it would win over them.
 *
 * @param options - all options of the command
 * @param typed - the names of those that were typed
 * @throws {@link UsageError}
 */
export function refuseContradictions(
  options: Options,
  typed: readonly string[],
  settings: Readonly<Record<string, unknown>>,
): void {
  const asked = trainOptions(undefined, options)
  const differing = typed.filter(
    (name) =>
      !besideRecipe.has(name) && JSON.stringify(asked[name]) !== JSON.stringify(settings[name] ?? null),
  )
  if (differing.length === 0) return
  const flags = differing.map((name) => (options[name] === false ? `--no-${name}` : flagOf(name)))
  throw new UsageError(
    `${flags.join(', ')}: the recipe of '${String(options['recipe'])}' says otherwise, and a replay does what it says. Leave ${flags.length === 1 ? 'the flag' : 'these flags'} out, or train without --recipe.`,
    { argument: flags[0] },
  )
}

const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
