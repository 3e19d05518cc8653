// Transforms of single rows put together: columns are found by name once, and by position ever after.
import type { Field } from '../../data/index.js'
import type { RowFunction, RowValue, Transform } from '../contracts/index.js'

/** Takes the wanted columns out of a row; the row itself when it has just those. */
export function picker(
  available: readonly string[],
  wanted: readonly Field[],
): (row: RowValue[]) => RowValue[] {
  const places = wanted.map(({ name }) => available.indexOf(name))
  if (places.length === available.length && places.every((place, i) => place === i)) return (row) => row
  return (row) => places.map((place) => row[place]!)
}

/** Transforms in turn for one row; undefined when one of them has no such path. */
export function chainRows(transforms: readonly Transform[]): RowFunction | undefined {
  const functions: RowFunction[] = []
  for (const [i, transform] of transforms.entries()) {
    const own = transform.rowFunction()
    if (own === undefined) return undefined
    const before = transforms[i - 1]
    const pick = before === undefined ? undefined : picker(before.outputs, transform.inputs)
    functions.push(pick === undefined ? own : (row) => own(pick(row as RowValue[])))
  }
  return (row) => {
    let values = row as RowValue[]
    for (const step of functions) values = step(values)
    return values
  }
}
