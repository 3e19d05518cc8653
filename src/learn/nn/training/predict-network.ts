// What a trained network says, for any number of rows.
import { UsageError } from '../../../base/index.js'
import { compile, type NDArray } from '../../../engine/graph/index.js'
import type { SessionOptions } from '../../../engine/onnx/index.js'
import type { Network } from '../network.js'
import type { Arrays } from '../scope.js'
import { batches } from '../sources/index.js'
import { joined } from './evaluate-network.js'

/** How a network predicts. */
export interface PredictNetworkOptions extends Pick<SessionOptions, 'engine' | 'device' | 'threads'> {
  /** Rows that are computed at once. @default 256 */
  readonly batchSize?: number
}

/**
 * The outputs of a network for the rows of x, as it predicts: without dropout, by running statistics.
 *
 * Opens a session for each call; where calls are many and small, `compile(net.trace())` once.
 *
 * @param values - parameters and states, as `fitNetwork` and `initialize` give them
 * @param x - [rows, …], as the network was described
 * @returns [rows, …]
 * @throws {@link ShapeError} when x is of another type or shape; {@link UsageError} when it has no rows
 * @example
 * ```ts
 * const net = network(sequential(dense(16), relu, dense(3)), spec('float32', ['batch', 4]))
 * const scores = await predictNetwork(net, net.initialize(), array([[1, 2, 3, 4], [5, 6, 7, 8]]))
 * scores.shape // => [2, 3]
 * ```
 */
export async function predictNetwork(
  net: Network,
  values: Arrays,
  x: NDArray,
  { batchSize = 256, ...session }: PredictNetworkOptions = {},
): Promise<NDArray> {
  const parts: NDArray[] = []
  await using compiled = await compile(net.trace(), session)
  for (const batch of batches({ x }, { batchSize, shuffle: false })(0))
    parts.push(await compiled.run({ params: values, x: batch.x }))
  if (parts.length === 0) throw new UsageError('predictNetwork: x has no rows.')
  return joined(parts)
}
