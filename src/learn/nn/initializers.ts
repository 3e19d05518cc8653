// What parameters are before training. Defaults are PyTorch's.
import type { Rng } from '../../base/index.js'
import { type NDArray, sizeOf } from '../../engine/graph/index.js'

/** Numbers for a shape, from a stream of random numbers of its own. */
export type Initializer = (random: Rng, shape: readonly number[]) => NDArray<'float32'>

function drawn(shape: readonly number[], draw: () => number): NDArray<'float32'> {
  const data = new Float32Array(sizeOf(shape))
  for (let i = 0; i < data.length; i++) data[i] = draw()
  return { dtype: 'float32', shape, data }
}

/** One number everywhere. */
export const constant =
  (value: number): Initializer =>
  (_, shape) =>
    drawn(shape, () => value)

/** Evenly within ± a bound. */
export const uniform =
  (bound: number): Initializer =>
  (random, shape) =>
    drawn(shape, () => (2 * random.uniform() - 1) * bound)

/** Normal around 0. */
export const normal =
  (deviation: number): Initializer =>
  (random, shape) =>
    drawn(shape, () => random.normal() * deviation)

/** Inputs of one output: all axes of [outputs, inputs, …kernel] but the first. */
export const fanIn = (shape: readonly number[]): number => sizeOf(shape.slice(1))
const fanOut = (shape: readonly number[]): number => shape[0]! * sizeOf(shape.slice(2))

/** U(± 1/√inputs), which keeps the size of what flows through about the same; for weights and biases of so many inputs. */
export const byInputs = (inputs: number): Initializer => uniform(1 / Math.sqrt(Math.max(1, inputs)))

/** N(0, 2/inputs), for layers before a relu. @see He et al. 2015, arXiv:1502.01852 */
export const kaimingNormal: Initializer = (random, shape) =>
  normal(Math.sqrt(2 / fanIn(shape)))(random, shape)

/** U(± √(6/(inputs + outputs))). @see Glorot & Bengio 2010, proceedings.mlr.press/v9/glorot10a */
export const xavierUniform: Initializer = (random, shape) =>
  uniform(Math.sqrt(6 / (fanIn(shape) + fanOut(shape))))(random, shape)
