// What a person should know before learning from a table. Each alert carries its evidence.
import { quote } from '../../base/index.js'
import { listNames } from '../table.js'
import type { Alert, AlertCode, ColumnProfile, Profile } from './profile-result.js'

/** From here on an alert is raised; each is where practice begins to treat a column differently. */
const limits = {
  // Below a twentieth, filling in changes little.
  missingShare: 0.05,
  // One row in a hundred differs: too few to learn from.
  constantShare: 0.99,
  // One-hot encoding beyond so many columns is no longer sensible.
  categories: 50,
  // Of two classes the rare one is less than 30 %: always saying the other looks like 70 % right.
  minorityShare: 0.3,
  // An exponential distribution has a skew of 2.
  skew: 2,
  // A normal distribution has 2 in a million so far out.
  outlierShare: 0.01,
} as const

type Found = Omit<Profile, 'alerts' | 'notes'>

export function alertsOf(found: Found): readonly Alert[] {
  return [
    ...targetAlerts(found),
    ...found.columns.flatMap((column) => columnAlerts(column, found.target?.name)),
    ...duplicateAlerts(found),
    // Equal columns are told as such.
    ...found.correlations
      .filter(({ columns }) => !areDuplicates(found, columns))
      .map(({ columns: [a, b], measure, value }): Alert => ({
        code: 'strong-correlation',
        column: b,
        message: `Columns '${a}' and '${b}' say nearly the same (${measure === 'pearson' ? 'r' : "Cramér's V"} = ${value.toFixed(3)}).`,
        evidence: { columns: [a, b], measure, value },
      })),
  ]
}

const areDuplicates = ({ duplicateColumns }: Found, columns: readonly string[]): boolean =>
  duplicateColumns.some((set) => columns.every((name) => set.includes(name)))

const percent = (share: number): string => {
  const value = share * 100
  return `${value >= 10 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(1) : '<0.1'} %`
}

function columnAlerts(column: ColumnProfile, target: string | undefined): Alert[] {
  const { name, kind, reason, rows, missing } = column
  if (kind === 'constant') {
    return [
      {
        code: 'constant',
        column: name,
        message: `Column '${name}' says nothing: ${reason}.`,
        evidence: { missing, rows },
      },
    ]
  }
  const alerts: Alert[] = []
  const add = (code: AlertCode, message: string, evidence: Alert['evidence']): void => {
    alerts.push({ code, column: name, message: `Column '${name}' ${message}`, evidence })
  }
  // Of the target it is said with what follows from it.
  if (missing / rows > limits.missingShare && name !== target) {
    add('missing', `lacks ${percent(missing / rows)} of its values.`, { missing, rows })
  }
  if (kind === 'identifier')
    add('identifier', `looks like an identifier: ${reason}.`, { distinct: column.distinct })
  if (name === target) return alerts
  if (kind === 'category' && column.distinct > limits.categories) {
    add('high-cardinality', `has ${column.distinct} different categories.`, { distinct: column.distinct })
  }
  const top = column.top[0]
  if (top !== undefined && top.count / (rows - missing) >= limits.constantShare) {
    add(
      'nearly-constant',
      `is ${quote(top.value)} in ${percent(top.count / (rows - missing))} of its rows.`,
      { ...top, rows },
    )
  } else if (kind === 'number' && !column.codes) alerts.push(...shapeAlerts(column))
  return alerts
}

function shapeAlerts({ name, numbers }: ColumnProfile): Alert[] {
  if (numbers === undefined) return []
  const alerts: Alert[] = []
  const { skew, outlierShare, min, max } = numbers
  if (Math.abs(skew) > limits.skew) {
    const side = skew > 0 ? 'right' : 'left'
    const message = `Column '${name}' is skewed to the ${side} (skew ${skew.toFixed(1)}).`
    alerts.push({ code: 'skew', column: name, message, evidence: { skew } })
  }
  if (outlierShare > limits.outlierShare) {
    const message = `Column '${name}' has ${percent(outlierShare)} of its values far out (beyond three interquartile ranges).`
    alerts.push({ code: 'outliers', column: name, message, evidence: { share: outlierShare, min, max } })
  }
  return alerts
}

function targetAlerts({ target, rowCount }: Found): Alert[] {
  if (target === undefined) return []
  const { name, missing, classes } = target
  const alerts: Alert[] = []
  if (missing > 0) {
    const message = `The target '${name}' is missing in ${missing} of ${rowCount} rows; these cannot be learned from.`
    alerts.push({ code: 'target-missing', column: name, message, evidence: { missing, rows: rowCount } })
  }
  const rarest = classes.at(-1)
  const present = rowCount - missing
  // With many classes each is rare: an even share is the measure then.
  const even = 1 / Math.max(1, classes.length)
  if (
    rarest !== undefined &&
    classes.length > 1 &&
    rarest.count / present < limits.minorityShare * 2 * even
  ) {
    const message = `The target '${name}' is unbalanced: ${quote(rarest.value)} is ${percent(rarest.count / present)} of the rows, ${quote(classes[0]!.value)} ${percent(classes[0]!.count / present)}.`
    alerts.push({
      code: 'imbalance',
      column: name,
      message,
      evidence: { classes: classes.slice(0, 20), rows: present },
    })
  }
  return alerts
}

function duplicateAlerts({ duplicateRows, duplicateColumns, rowCount }: Found): Alert[] {
  const columns = duplicateColumns.map((names): Alert => ({
    code: 'duplicate-columns',
    column: names.at(-1)!,
    message: `Columns ${listNames(names)} hold the same values.`,
    evidence: { columns: names },
  }))
  if (duplicateRows.count === 0) return columns
  const { count, firstRow } = duplicateRows
  const message = `${count} row${count === 1 ? ' equals' : 's equal'} an earlier one (${percent(count / rowCount)}); the first is row ${firstRow}.`
  return [{ code: 'duplicate-rows', message, evidence: { count, firstRow, rows: rowCount } }, ...columns]
}
