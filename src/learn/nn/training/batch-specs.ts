// What the graphs of training are told of batches: which axes may be of another length in the next one.
import { ShapeError } from '../../../base/index.js'
import { formatShape, type NDArray, type Spec, type Traced } from '../../../engine/graph/index.js'
import type { Network } from '../network.js'
import { type Batch, batchSpecs } from '../sources/index.js'

type Specs = Readonly<Record<string, Spec>>

/**
 * Traces a function of batches like this one: of any number of rows, and of any length where the input of the network has a name,
 * such as 'time'. An axis of the targets at the same place and of the same length goes along, where the loss allows it.
 *
 * @throws {@link ShapeError} when x is no input of the network
 */
export function traceBatches(net: Network, batch: Batch, make: (specs: Specs) => Traced): Traced {
  requireInput(net, batch['x']!)
  const plain = batchSpecs(batch)
  const names = namedAxes(net)
  if (names.size === 0) return make(plain)
  const x = renamed(plain['x']!, batch['x']!, names)
  const others = Object.entries(plain).map(([name, one]) => [name, renamed(one, batch['x']!, names)] as const)
  const along = { ...Object.fromEntries(others), x }
  if (others.every(([name, { shape }]) => name === 'x' || shape.join() === plain[name]!.shape.join()))
    return make(along)
  try {
    return make(along)
  } catch (error) {
    if (!ShapeError.is(error)) throw error
    // The lengths are equal by chance: a row of three numbers beside three steps of time.
    return make({ ...plain, x })
  }
}

/** Names of the axes of the input behind the first one, by their places. */
const namedAxes = ({ input }: Network): ReadonlyMap<number, string> =>
  new Map(
    [...input.shape.entries()].filter(
      (axis): axis is [number, string] => axis[0] > 0 && typeof axis[1] === 'string',
    ),
  )

const renamed = ({ dtype, shape }: Spec, x: NDArray, names: ReadonlyMap<number, string>): Spec => ({
  dtype,
  shape: shape.map((size, i) => (size === x.shape[i] ? (names.get(i) ?? size) : size)),
})

function requireInput({ input }: Network, x: NDArray): void {
  const fits = (size: number, i: number): boolean =>
    i === 0 || typeof input.shape[i] === 'string' || input.shape[i] === size
  if (x.dtype === input.dtype && x.shape.length === input.shape.length && x.shape.every(fits)) return
  throw new ShapeError(
    `Training: 'x' is ${x.dtype}${formatShape(x.shape)}, expected ${input.dtype}${formatShape(input.shape)}, which the network is made for. Bring the data to it, or make the network for such data: network(layer, spec('${x.dtype}', ['batch', ${x.shape.slice(1).join(', ')}])).`,
    { expected: input, received: { dtype: x.dtype, shape: x.shape }, where: 'x' },
  )
}
