// Takes a share of the rows in whole units, class by class.
import type { SplitOptions, SplitWarning } from './split-options.js'
import type { Unit } from './units.js'

type NamedClasses = Pick<SplitOptions, 'classes'>

/** What warnings call a class. */
export const className = ({ classes }: NamedClasses, stratum: number): string =>
  classes?.[stratum] === undefined ? String(stratum) : `'${String(classes[stratum])}'`

/** The units of each stratum, in order. */
export function byStratum(units: readonly Unit[]): ReadonlyMap<number, readonly Unit[]> {
  const strata = new Map<number, Unit[]>()
  for (const unit of units) {
    const own = strata.get(unit.stratum)
    if (own === undefined) strata.set(unit.stratum, [unit])
    else own.push(unit)
  }
  return strata
}

export function countRows(units: readonly Unit[]): number {
  let sum = 0
  for (const unit of units) sum += unit.rows.length
  return sum
}

export interface Taken {
  readonly taken: readonly Unit[]
  readonly left: readonly Unit[]
  readonly warnings: readonly SplitWarning[]
}

/** Takes units whose rows make up `share` of all, as near as whole units allow; neither side stays empty. */
export function takeShare(units: readonly Unit[], share: number, named: NamedClasses): Taken {
  const strata = [...byStratum(units)]
  const targets = targetsOf(
    strata.map(([, own]) => own),
    share,
  )
  const parts = strata.map(([, own], i) => takeRows(own, targets[i]!))
  // Not by spreading into push: a million units are more arguments than a call takes.
  const taken = parts.flatMap((part) => part.taken)
  const left = parts.flatMap((part) => part.left)
  const warnings = strata
    .filter(([, own]) => strata.length > 1 && own.length === 1)
    .map(([stratum, own]) => rareClass(className(named, stratum), own))
  // Many small classes, or one large unit, may leave a side empty: one unit moves.
  if (taken.length === 0) taken.push(left.splice(smallest(left), 1)[0]!)
  if (left.length === 0) left.push(taken.splice(smallest(taken), 1)[0]!)
  return { taken, left, warnings: [...warnings, ...sizeWarnings(countRows(taken), countRows(units) * share)] }
}

const smallest = (units: readonly Unit[]): number =>
  units.reduce((best, unit, i) => (unit.rows.length < units[best]!.rows.length ? i : best), 0)

/** Rows to take of each stratum: rounded so that the sum is right (largest remainders), one at least where two are. */
function targetsOf(strata: readonly (readonly Unit[])[], share: number): number[] {
  const exact = strata.map((own) => countRows(own) * share)
  const targets = exact.map(Math.floor)
  const short =
    Math.round(exact.reduce((sum, value) => sum + value, 0)) - targets.reduce((sum, value) => sum + value, 0)
  const byRemainder = exact.map((_, i) => i).sort((a, b) => (exact[b]! % 1) - (exact[a]! % 1) || a - b)
  for (const i of byRemainder.slice(0, short)) targets[i]!++
  return targets.map((target, i) => {
    const size = countRows(strata[i]!)
    return strata[i]!.length < 2
      ? strata.length === 1
        ? target
        : 0
      : Math.min(size - 1, Math.max(1, target))
  })
}

function takeRows(units: readonly Unit[], target: number): { taken: Unit[]; left: Unit[] } {
  const taken: Unit[] = []
  const left: Unit[] = []
  let rows = 0
  for (const unit of units) {
    // A unit is taken when that brings the sum nearer to the target.
    if (Math.abs(rows + unit.rows.length - target) < Math.abs(rows - target)) {
      taken.push(unit)
      rows += unit.rows.length
    } else left.push(unit)
  }
  return { taken, left }
}

function rareClass(name: string, own: readonly Unit[]): SplitWarning {
  return {
    code: 'rare-class',
    message: `Class ${name} has ${countRows(own)} row${countRows(own) === 1 ? '' : 's'} that cannot be divided; it is in one part only.`,
  }
}

function sizeWarnings(rows: number, wanted: number): SplitWarning[] {
  // A fifth off, or one row: beyond that the user should know.
  if (Math.abs(rows - wanted) <= Math.max(1, wanted * 0.2)) return []
  return [
    {
      code: 'split-size',
      message: `The split has ${rows} rows, expected about ${Math.round(wanted)}: groups or equal rows are too large to divide finer.`,
    },
  ]
}

/** The rows of units in ascending order. */
export function rowsOf(units: readonly Unit[]): Int32Array {
  const rows = new Int32Array(countRows(units))
  let at = 0
  for (const unit of units) for (const row of unit.rows) rows[at++] = row
  return rows.sort()
}
