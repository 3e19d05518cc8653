// What runs, reads and writes model files. The runtimes and what belongs to them are loaded at the first call
// (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Loads a model from its bytes or its path.
 *
 * @throws {@link FormatError} when the runtime cannot read the model
 * @throws {@link NotFoundError} when there is no such file
 * @throws {@link EngineMissingError} when the engine or the device asked for is not there
 * @example
 * ```ts
 * const g = graphBuilder({ name: 'twice' })
 * const age = g.input('age', 'float64', ['N', 1])
 * g.output('prediction', g.node('Add', [age, age]), 'float64', ['N', 1])
 * const session = await openSession(g.build())
 * const { prediction } = await session.run({ age: tensor('float64', [42], [1, 1]) })
 * await session.close()
 * prediction?.data // => Float64Array [84]
 * ```
 */
export const openSession = lazily(async () => (await import('./session.js')).openSession)

/**
 * How many channels the engine's convolutions take as one block on this processor; undefined where they take them all.
 *
 * @throws {@link EngineMissingError} when the engine asked for is not there
 */
export const channelBlock = lazily(async () => (await import('./channel-block.js')).channelBlock)

/** Tries both engines. Never throws: what is missing is part of the answer. */
export const engineStatus = lazily(async () => (await import('./engine-status.js')).engineStatus)

/**
 * Writes a model, whole or not at all, and gives the paths of the files written.
 *
 * @param model - what {@link GraphBuilder.message} gives
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 */
export const writeModelFile = lazily(async () => (await import('./model-file.js')).writeModelFile)

/**
 * Reads a model with all of its constants, also those in files beside it.
 *
 * @throws {@link NotFoundError} when a file is missing
 * @throws {@link FormatError} when one is damaged or leads out of the model's folder
 */
export const readModelFile = lazily(async () => (await import('./model-file.js')).readModelFile)
