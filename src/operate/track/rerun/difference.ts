// What differs between the time of a run and now, as data and as sentences.
import type { ColumnFingerprint, DatasetProfile } from '../dataset.js'
import type { RunEnvironment } from '../environment.js'

/** One thing that is not as it was. */
export interface Difference {
  readonly kind: 'code' | 'version' | 'machine' | 'data'
  /** Such as `commit`, `node`, `column 'age'`. */
  readonly what: string
  /** Undefined where there was none, or where nobody knows. */
  readonly before: string | undefined
  readonly now: string | undefined
}

const compare = (
  kind: Difference['kind'],
  what: string,
  then: string | undefined,
  now: string | undefined,
): Difference[] => (then === now ? [] : [{ kind, what, before: then, now }])

/** Code, versions and machine of a run beside those of now. */
export function environmentDifferences(then: RunEnvironment, now: RunEnvironment): Difference[] {
  const packages = new Set([...Object.keys(then.versions.packages), ...Object.keys(now.versions.packages)])
  return [
    ...compare('code', 'commit', then.git?.commit, now.git?.commit),
    ...compare('code', 'branch', then.git?.branch, now.git?.branch),
    ...compare('code', 'uncommitted changes', changesOf(then), changesOf(now)),
    ...compare('version', 'modelwright', then.versions.modelwright, now.versions.modelwright),
    ...compare('version', 'Node', then.versions.node, now.versions.node),
    ...compare('version', 'ONNX Runtime', then.versions.onnxRuntime, now.versions.onnxRuntime),
    ...[...packages]
      .toSorted()
      .flatMap((name) => compare('version', name, then.versions.packages[name], now.versions.packages[name])),
    ...compare('machine', 'processor', then.hardware.processor, now.hardware.processor),
    ...compare('machine', 'threads', String(then.hardware.threads), String(now.hardware.threads)),
    ...compare('machine', 'memory', gibibytes(then), gibibytes(now)),
    ...compare('machine', 'platform', then.hardware.platform, now.hardware.platform),
  ]
}

const changesOf = ({ git }: RunEnvironment): string | undefined =>
  git === undefined ? undefined : git.dirty ? (git.diffHash?.slice(0, 12) ?? 'some') : 'none'

const gibibytes = ({ hardware }: RunEnvironment): string => `${Math.round(hardware.memory / 2 ** 30)} GiB`

/** What a manifest says of versions and machine, beside now. */
export function recordDifferences(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Difference[] {
  return Object.keys({ ...then, ...now }).flatMap((what) =>
    compare(/^(modelwright|Node)$/.test(what) ? 'version' : 'machine', what, then[what], now[what]),
  )
}

/** Data column by column. */
export function dataDifferences(then: DatasetProfile, now: DatasetProfile): Difference[] {
  if (then.hash === now.hash) return []
  const before = new Map(then.columns.map((column) => [column.name, column]))
  const after = new Map(now.columns.map((column) => [column.name, column]))
  const columns = [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    compare('data', `column '${name}'`, shown(before.get(name)), shown(after.get(name))),
  )
  const rows = compare('data', 'rows', String(then.num_rows), String(now.num_rows))
  const order =
    then.columns.map(({ name }) => name).join('\0') !== now.columns.map(({ name }) => name).join('\0')
  if (rows.length + columns.length === 0 && order)
    return [{ kind: 'data', what: 'order of columns', before: namesOf(then), now: namesOf(now) }]
  return [...rows, ...columns]
}

const namesOf = ({ columns }: DatasetProfile): string => columns.map(({ name }) => name).join(', ')

/** Type and the first digits of the hash: enough to see that values changed. */
const shown = (column: ColumnFingerprint | undefined): string | undefined =>
  column === undefined ? undefined : `${column.type} ${column.hash.slice(0, 8)}`

/** A difference as a sentence. */
export function differenceText({ what, before, now }: Difference): string {
  if (before === undefined) return `${what}: none or unknown then, now ${now}`
  if (now === undefined) return `${what}: ${before} then, none or unknown now`
  return `${what}: ${before} then, ${now} now`
}
