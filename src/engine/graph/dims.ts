// Sizes of axes: numbers, or products of names that are known only when a graph runs ('batch', '64*batch').
// A product in canonical form is its own name, so that sizes compare as strings do.

/** The size of an axis. */
export type Dim = number | string
/** The sizes of all axes. */
export type Shape = readonly Dim[]

interface Product {
  readonly factor: number
  readonly names: readonly string[]
}

function parse(dim: Dim): Product {
  if (typeof dim === 'number') return { factor: dim, names: [] }
  const parts = dim.split('*')
  const leading = Number(parts[0])
  return Number.isInteger(leading) ? { factor: leading, names: parts.slice(1) } : { factor: 1, names: parts }
}

function format({ factor, names }: Product): Dim {
  if (names.length === 0 || factor === 0) return factor
  const sorted = names.toSorted().join('*')
  return factor === 1 ? sorted : `${factor}*${sorted}`
}

/** The product of sizes. */
export function product(dims: readonly Dim[]): Dim {
  let factor = 1
  const names: string[] = []
  for (const dim of dims) {
    const part = parse(dim)
    factor *= part.factor
    names.push(...part.names)
  }
  return format({ factor, names })
}

/** How often `b` goes into `a`; undefined unless it does exactly. */
export function quotient(a: Dim, b: Dim): Dim | undefined {
  const [over, under] = [parse(a), parse(b)]
  if (under.factor === 0 || over.factor % under.factor !== 0) return undefined
  const names = [...over.names]
  for (const name of under.names) {
    const at = names.indexOf(name)
    if (at < 0) return undefined
    names.splice(at, 1)
  }
  return format({ factor: over.factor / under.factor, names })
}

/** The names in a size, and the number before them. */
export const parseDim: (dim: Dim) => Product = parse

/** Whether all sizes are numbers. */
export const isStatic = (shape: Shape): shape is readonly number[] =>
  shape.every((dim) => typeof dim === 'number')

/** Whether two shapes are the same. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i])

/** The shape that both broadcast to (NumPy's rule), or undefined. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const result: Dim[] = []
  for (let i = 0; i < rank; i++) {
    const left = a[a.length - rank + i] ?? 1
    const right = b[b.length - rank + i] ?? 1
    if (left !== right && left !== 1 && right !== 1) return undefined
    result.push(left === 1 ? right : left)
  }
  return result
}
