// What differs between two versions: what they take and give, how good they were, how and from what they were made.
import type { ModelVersion } from '../store/index.js'
import { type Compatibility, compareSignatures } from './compatibility.js'
import { type Lineage, lineageIn } from './lineage.js'
import { signatureIn } from './signature.js'

/** A figure or text of both sides; undefined where a side has none. */
export interface DiffEntry<T> {
  readonly name: string
  readonly a: T | undefined
  readonly b: T | undefined
  readonly same: boolean
}

export interface VersionDiff {
  readonly a: { readonly name: string; readonly version: number }
  readonly b: { readonly name: string; readonly version: number }
  /** From a to b; undefined where a side is no bundle. */
  readonly signature: Compatibility | undefined
  /** Of the test parts of their trainings, which may be other rows: a gate compares on the same. */
  readonly metrics: readonly DiffEntry<number>[]
  /** Of their runs and of the settings of their recipes. */
  readonly parameters: readonly DiffEntry<string>[]
  readonly data: readonly DiffEntry<string>[]
  readonly environment: readonly DiffEntry<string>[]
}

export function diffVersions(a: ModelVersion, b: ModelVersion): VersionDiff {
  const signatures = [signatureIn(a), signatureIn(b)] as const
  const [first, second] = [lineageIn(a), lineageIn(b)]
  return {
    a: { name: a.name, version: a.version },
    b: { name: b.name, version: b.version },
    signature:
      signatures[0] === undefined || signatures[1] === undefined
        ? undefined
        : compareSignatures(signatures[0], signatures[1]),
    metrics: entries(first?.bundle.scores, second?.bundle.scores),
    parameters: entries(parametersOf(first), parametersOf(second)),
    data: entries(dataOf(first), dataOf(second)),
    environment: entries(environmentOf(first), environmentOf(second)),
  }
}

/** The names of both sides, in the order of the first, then of the second. */
function entries<T extends string | number>(
  a: Readonly<Record<string, T>> = {},
  b: Readonly<Record<string, T>> = {},
): DiffEntry<T>[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].map((name) => {
    const [left, right] = [own(a, name), own(b, name)]
    return { name, a: left, b: right, same: left === right }
  })
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

function parametersOf(lineage: Lineage | undefined): Record<string, string> {
  if (lineage === undefined) return {}
  const { model, metric, seed, recipe } = lineage.bundle
  const { settings = {} } = (recipe ?? {}) as { readonly settings?: object }
  return {
    model,
    metric,
    seed: String(seed),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`recipe.${name}`, said(value)])),
    ...Object.fromEntries(
      Object.entries(lineage.run?.params ?? {}).map(([name, value]) => [`run.${name}`, value]),
    ),
  }
}

const said = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function dataOf(lineage: Lineage | undefined): Record<string, string> {
  if (lineage === undefined) return {}
  const { hash, rows, columns, leftOut } = lineage.data
  return { hash, rows: String(rows), columns: String(columns), 'left out': leftOut.join(', ') }
}

function environmentOf(lineage: Lineage | undefined): Record<string, string> {
  if (lineage === undefined) return {}
  const { code, bundle } = lineage
  return {
    ...bundle.environment,
    ...(code && { commit: `${code.commit}${code.dirty === true ? ' with changes' : ''}` }),
  }
}
