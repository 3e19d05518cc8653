// Users speak labels, the core speaks codes: the sorted distinct labels are the classes, their positions the codes.
import { closestName, custom, DataError, InvalidOptionError, quote } from '../base/index.js'
import { checkLength, checkRows } from './checks.js'

/** A class as users name it. */
export type Label = string | number | boolean

/** The classes of n rows, in an array or a typed array. */
export type Labels = ArrayLike<Label>

/** The declaration of `positive`. */
export const positiveSpec = custom<Label | undefined>({
  default: undefined,
  expected: 'a string, number or boolean',
  accepts: (value) => ['string', 'number', 'boolean'].includes(typeof value),
})

/** Truth and prediction over the same sorted classes. */
export interface CodedPair {
  readonly classes: readonly Label[]
  readonly actual: Int32Array
  readonly predicted: Int32Array
}

// A confusion matrix of 5,000 × 5,000 takes 200 MB; so many classes are numbers that belong to a regression.
const MAX_CLASSES = 5000

/**
 * Distinct labels in their order: false before true, numbers by size, text by code unit.
 *
 * @throws {@link DataError} for missing labels, or for labels of different types
 */
export function sortedClasses(who: string, ...arrays: readonly Labels[]): Label[] {
  const seen = new Set<Label>()
  for (const labels of arrays) collectClasses(who, labels, seen)
  const classes = [...seen]
  const type = typeof classes[0]
  const other = classes.find((label) => typeof label !== type)
  if (other !== undefined) {
    throw new DataError(
      `${who}: labels must have one type — received ${quote(classes[0])} and ${quote(other)}. Convert them to the same type first.`,
    )
  }
  if (classes.length > MAX_CLASSES) {
    throw new DataError(
      `${who}: there are ${classes.length} different labels — expected at most ${MAX_CLASSES} classes. Use a regression metric for numbers.`,
      { count: classes.length },
    )
  }
  return classes.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function collectClasses(who: string, labels: Labels, seen: Set<Label>): void {
  let last: Label | undefined
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as Label | null | undefined
    if (label === last && label !== undefined) continue
    if (label === null || label === undefined || Number.isNaN(label)) {
      throw new DataError(
        `${who}: a label is missing at row ${i} — expected a string, number or boolean. Leave that row out.`,
        {
          firstRow: i,
        },
      )
    }
    seen.add(label)
    last = label
  }
}

/** Codes of labels by their position in `classes`. */
export function codesOf(who: string, labels: Labels, classes: readonly Label[]): Int32Array {
  const codeOf = new Map(classes.map((label, code) => [label, code]))
  const codes = new Int32Array(labels.length)
  for (let i = 0; i < codes.length; i++) {
    const code = codeOf.get(labels[i]!)
    if (code === undefined) {
      throw new DataError(
        `${who}: label ${quote(labels[i])} at row ${i} is not among the classes ${listed(classes)}. Add it to the classes or leave the row out.`,
        { firstRow: i },
      )
    }
    codes[i] = code
  }
  return codes
}

/** Codes both arrays over their common classes. */
export function codePair(who: string, yTrue: Labels, yPred: Labels): CodedPair {
  checkLength(who, 'yPred', yPred.length, yTrue.length)
  checkRows(who, yTrue.length)
  const classes = sortedClasses(who, yTrue, yPred)
  return { classes, actual: codesOf(who, yTrue, classes), predicted: codesOf(who, yPred, classes) }
}

/**
 * The class that counts as positive: the given one; else `true` of booleans, 1 of 0/1 or −1/1, the later of two.
 *
 * @throws {@link InvalidOptionError} when there are more than two classes, or the given one is none of them
 */
export function positiveClass(who: string, classes: readonly Label[], given: Label | undefined): Label {
  const all =
    given === undefined || classes.includes(given) || classes.length > 1 ? classes : [...classes, given]
  if (all.length > 2) {
    throw new InvalidOptionError(
      `${who}: needs two classes — received ${all.length}: ${listed(all)}. Use the multiclass form of this metric.`,
      { option: 'positive', expected: 'two classes', received: all },
    )
  }
  if (given !== undefined) {
    if (all.includes(given)) return given
    throw unknownPositive(who, classes, given)
  }
  if (classes.every((label) => typeof label === 'boolean')) return true
  if (classes.every((label) => label === 0 || label === 1 || label === -1)) return 1
  if (classes.length === 2) return classes[1]!
  throw new DataError(
    `${who}: there is one class only, ${listed(classes)}, so it is not known which is positive. Pass { positive }.`,
  )
}

function unknownPositive(who: string, classes: readonly Label[], given: Label): InvalidOptionError {
  const closest = closestName(String(given), classes.map(String))
  const advice =
    closest === undefined ? `It is one of ${listed(classes)}.` : `Did you mean ${quote(closest)}?`
  return new InvalidOptionError(
    `${who}: option 'positive' must be one of the classes; received ${quote(given)}. ${advice}`,
    {
      option: 'positive',
      expected: classes,
      received: given,
    },
  )
}

/** 1 where the label is the positive one. */
export function positiveRows(
  who: string,
  yTrue: Labels,
  positive: Label | undefined,
): { readonly isPositive: Uint8Array; readonly positive: Label } {
  checkRows(who, yTrue.length)
  const label = positiveClass(who, sortedClasses(who, yTrue), positive)
  const isPositive = new Uint8Array(yTrue.length)
  for (let i = 0; i < isPositive.length; i++) isPositive[i] = yTrue[i] === label ? 1 : 0
  return { isPositive, positive: label }
}

/** The first labels, as they stand in a message. */
export function listed(labels: readonly Label[]): string {
  // Eight are enough to recognize the column and still fit on two terminal lines.
  const shown = labels.slice(0, 8).map(quote).join(', ')
  return labels.length > 8 ? `${shown} and ${labels.length - 8} more` : shown
}
