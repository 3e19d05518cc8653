// What is learned from in one step.
import type { NDArray } from '../../../engine/graph/index.js'

/** What a step is given: x, y, and whatever else the loss takes. */
export type Batch = Readonly<Record<string, NDArray>>

/** The batches of one pass. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>
