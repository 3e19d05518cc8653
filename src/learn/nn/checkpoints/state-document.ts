// The counters of a checkpoint as JSON, which has no NaN and no Infinity: these are texts in it.
import { FormatError } from '../../../base/index.js'
import type { OptimizerDocument } from '../optimizer-of.js'
import type { PlateauState } from '../schedules.js'
import type { EpochRecord, TrainingCheckpoint } from './state.js'

const format = 'modelwright-training'
/** Rises when an older reader would misunderstand what is written. */
const version = 1

/** What stands beside the arrays. */
export interface StateDocument {
  readonly epoch: number
  readonly batch: number
  readonly lossSum: number
  readonly steps: number
  readonly bestLoss: number
  readonly waited: number
  readonly plateau: PlateauState | null
  readonly seed: number
  readonly history: readonly EpochRecord[]
  readonly optimizer: OptimizerDocument
  /** What the optimizer keeps, by name. */
  readonly optimizerStates: readonly string[]
  /** What is learned, by path; the other values are states. */
  readonly parameters: readonly string[]
  readonly updates: number
  readonly summed: number
}

/** The JSON of a checkpoint. */
export function stateText(checkpoint: TrainingCheckpoint): string {
  const { engine, plateau } = checkpoint
  const { epoch, batch, lossSum, steps, bestLoss, waited, seed, history, optimizer } = checkpoint
  const [first = {}] = Object.values(engine.optimizer)
  const document: StateDocument = {
    epoch,
    batch,
    lossSum,
    steps,
    bestLoss,
    waited,
    plateau: plateau ?? null,
    seed,
    history,
    optimizer,
    optimizerStates: Object.keys(engine.optimizer),
    parameters: Object.keys(first),
    updates: engine.updates,
    summed: engine.summed,
  }
  return JSON.stringify({ format, version, ...document }, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
}

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const isList = (value: unknown): boolean => Array.isArray(value)

const fields: { readonly [Name in keyof StateDocument]: readonly [string, (value: unknown) => boolean] } = {
  epoch: ['a count', isCount],
  batch: ['a count', isCount],
  lossSum: ['a number', isNumber],
  steps: ['a count', isCount],
  bestLoss: ['a number', isNumber],
  waited: ['a count', isCount],
  plateau: ['an object or null', (value) => value === null || isObject(value)],
  seed: ['a number', isNumber],
  history: ['a list', isList],
  optimizer: ['an object', isObject],
  optimizerStates: ['a list', isList],
  parameters: ['a list', isList],
  updates: ['a count', isCount],
  summed: ['a count', isCount],
}

/** Reads it back. @throws {@link FormatError} when it is none, of a newer version, or lacks a field */
export function readState(path: string, text: string | undefined): StateDocument {
  // The texts of a safetensors file begin behind the eight bytes of its length.
  const fault = (message: string): FormatError =>
    new FormatError(`'${path}', byte 8: ${message}`, { format: 'checkpoint', position: 8 })
  if (text === undefined)
    throw fault('it holds no state of a training, only arrays. Begin from its values instead: initial.')
  const state = parsed(text) as Readonly<Record<string, unknown>> | undefined
  if (!isObject(state) || state?.['format'] !== format)
    throw fault('its state is damaged, expected JSON of a training. Take an earlier checkpoint.')
  if (state['version'] !== version)
    throw fault(
      `its state has version ${String(state['version'])}, expected ${version}. It needs another version of Modelwright.`,
    )
  for (const [name, [expected, accepts]] of Object.entries(fields))
    if (!accepts(state[name]))
      throw fault(
        `'${name}' of its state is ${JSON.stringify(state[name])}, expected ${expected}. Take an earlier checkpoint.`,
      )
  return state as unknown as StateDocument
}

const numbers: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => numbers.get(value) ?? value)
  } catch {
    return undefined
  }
}
