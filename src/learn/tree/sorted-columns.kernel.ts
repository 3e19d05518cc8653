// Every column sorted once. Going down the tree, the sorted lists are divided and stay sorted.

/** Rows in the order of each column, column after column; a node owns the same range of every list. */
export interface SortedColumns {
  /** Rows in a list. */
  readonly count: number
  /** Row numbers by value, missing values last: columns × count. */
  readonly order: Int32Array
  /** The values in that order. */
  readonly values: Float32Array
  /** The rows of each node, in no order of their own. */
  readonly rows: Int32Array
  readonly scratchRows: Int32Array
  readonly scratchValues: Float32Array
  /** 1 for rows that go left in the split under way. */
  readonly goesLeft: Uint8Array
}

/** A node's part of each list. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Sorts by radix, three passes of 11 bits. Cost: O(n · p). @param x - row-major, all rows × columns */
export function sortColumns(x: Float32Array, columns: number, rows: Int32Array): SortedColumns {
  const count = rows.length
  const order = new Int32Array(columns * count)
  const values = new Float32Array(columns * count)
  const sorter = radixSorter(count)
  for (let column = 0; column < columns; column++) {
    const list = values.subarray(column * count, (column + 1) * count)
    for (let i = 0; i < count; i++) list[i] = x[rows[i]! * columns + column]!
    const places = sorter(list)
    const base = column * count
    for (let i = 0; i < count; i++) order[base + i] = rows[places[i]!]!
  }
  return {
    count,
    order,
    values,
    rows: rows.slice(),
    scratchRows: new Int32Array(count),
    scratchValues: new Float32Array(count),
    goesLeft: new Uint8Array(columns === 0 ? 0 : x.length / columns),
  }
}

/** Sorts float32 in place by their bits, NaN last; gives where each stood. The result is overwritten by the next call. */
function radixSorter(count: number): (list: Float32Array) => Int32Array {
  let keys = new Uint32Array(count)
  let otherKeys = new Uint32Array(count)
  let places = new Int32Array(count)
  let otherPlaces = new Int32Array(count)
  const counts = new Int32Array(2048)
  return (list) => {
    const bits = new Uint32Array(list.buffer, list.byteOffset, count)
    for (let i = 0; i < count; i++) {
      const bit = bits[i]!
      // Flipping the sign bit, or all bits of negative numbers, makes the order of bits that of numbers.
      keys[i] = list[i] !== list[i] ? missingKey : bit >>> 31 ? ~bit : bit | 0x80000000
      places[i] = i
    }
    for (let shift = 0; shift < 33; shift += 11) {
      counts.fill(0)
      for (let i = 0; i < count; i++) counts[(keys[i]! >>> shift) & 2047]!++
      for (let digit = 0, sum = 0; digit < 2048; digit++) {
        const here = counts[digit]!
        counts[digit] = sum
        sum += here
      }
      for (let i = 0; i < count; i++) {
        const to = counts[(keys[i]! >>> shift) & 2047]!++
        otherKeys[to] = keys[i]!
        otherPlaces[to] = places[i]!
      }
      ;[keys, otherKeys] = [otherKeys, keys]
      ;[places, otherPlaces] = [otherPlaces, places]
    }
    for (let i = 0; i < count; i++) {
      const key = keys[i]!
      bits[i] = key === missingKey ? missingBits : key >>> 31 ? key & 0x7fffffff : ~key
    }
    return places
  }
}

/** After every number, and the bits of the plain NaN. */
const missingKey = 0xffffffff
const missingBits = 0x7fc00000

/** Whether a column holds one value only, or is missing throughout, among the rows of a node. */
export function isConstant({ values, count }: SortedColumns, column: number, { start, end }: Range): boolean {
  const first = values[column * count + start]!
  const last = values[column * count + end - 1]!
  return first === last || first !== first
}

/** Divides the rows of a node by `goesLeft`. Gives the first place of the right side. */
export function divideRows(sorted: SortedColumns, { start, end }: Range): number {
  const { rows, scratchRows, goesLeft } = sorted
  let left = start
  let right = 0
  for (let i = start; i < end; i++) {
    const row = rows[i]!
    if (goesLeft[row] === 1) rows[left++] = row
    else scratchRows[right++] = row
  }
  rows.set(scratchRows.subarray(0, right), left)
  return left
}

/** Divides the sorted lists of a node likewise; each side stays sorted. */
export function divideColumns(sorted: SortedColumns, columns: Int32Array, { start, end }: Range): void {
  const { order, values, count, scratchRows, scratchValues, goesLeft } = sorted
  for (let c = 0; c < columns.length; c++) {
    const base = columns[c]! * count
    let left = base + start
    let right = 0
    for (let i = base + start; i < base + end; i++) {
      const row = order[i]!
      const value = values[i]!
      if (goesLeft[row] === 1) {
        order[left] = row
        values[left++] = value
      } else {
        scratchRows[right] = row
        scratchValues[right++] = value
      }
    }
    for (let i = 0; i < right; i++) {
      order[left + i] = scratchRows[i]!
      values[left + i] = scratchValues[i]!
    }
  }
}
