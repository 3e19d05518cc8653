// A model from a bundle: it predicts with the ONNX graph, as any other program that opens the file would.
import { InvalidOptionError } from '../../base/index.js'
import { conform, type Field, type Matrix, matrix, type Row } from '../../data/index.js'
import { openSession, type Session, type SessionOptions, type Tensor } from '../../engine/onnx/index.js'
import {
  asTable,
  type Features,
  graphFeeds,
  type Label,
  type OutputNames,
  rowValues,
} from '../../learn/contracts/index.js'
import { answeredNumbers, intervalHalfWidth, labelReader } from './graph-answers.js'
import type { Manifest } from './manifest.js'
import { readBundle } from './read-bundle.js'

interface Loaded extends AsyncDisposable {
  readonly manifest: Manifest
  /** Which runtime answers, and why not the native one. */
  readonly engine: string
  readonly note: string | undefined
  /** Frees the model. */
  close(): Promise<void>
}

/** A classifier from a bundle. */
export interface LoadedClassifier extends Loaded {
  readonly predicts: 'classes'
  readonly classes: readonly Label[]
  /** One label per row, in input order. */
  predict(x: Features): Promise<Label[]>
  /** Rows × classes. */
  predictProba(x: Features): Promise<Matrix>
  predictRow(row: object): Promise<Label>
  /** Labels and probabilities from one run of the graph. */
  predictBoth(x: Features): Promise<{ readonly labels: Label[]; readonly probabilities: Matrix }>
}

/** A regressor from a bundle. */
export interface LoadedRegressor extends Loaded {
  readonly predicts: 'values'
  predict(x: Features): Promise<Float64Array>
  predictRow(row: object): Promise<number>
  /** Half the width of the interval that covers the given share of rows. */
  halfWidth(level: number): number
  /** Intervals that cover the given share of new rows like those of training. @default level 0.9 */
  predictInterval(
    x: Features,
    level?: number,
  ): Promise<{ readonly low: Float64Array; readonly high: Float64Array }>
}

export type LoadedModel = LoadedClassifier | LoadedRegressor

/** Behind the door of this name: doors.ts. */
export async function loadModel(path: string, options: SessionOptions = {}): Promise<LoadedModel> {
  const { manifest, onnx } = await readBundle(path)
  const session = await openSession(onnx, options)
  const loaded = {
    manifest,
    engine: session.engine,
    note: session.note,
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
  return manifest.task === 'regression' ? loadedRegressor(loaded, session) : loadedClassifier(loaded, session)
}

type Outputs = Awaited<ReturnType<Session['run']>>

interface Runner {
  many(x: Features): Promise<Outputs>
  /** Without the detour over a table. */
  one(row: object): Promise<Outputs>
}

function runner(manifest: Manifest, session: Session): Runner {
  const { inputs, outputs } = manifest.signature
  return {
    async many(x) {
      const read = conform(asTable(x, inputs), inputs)
      return read.rowCount === 0 ? noRows(outputs) : session.run(graphFeeds(read, inputs))
    },
    one: (row) => session.run(rowFeeds(row, inputs)),
  }
}

const single = [1, 1]

/** What the graph gives for no rows; not every operator takes none. */
function noRows({ prediction, probabilities }: OutputNames): Outputs {
  const none = { type: 'float64', dims: [0, 1], data: new Float64Array(0) } as const
  return { [prediction]: none, [probabilities]: none }
}

function rowFeeds(row: object, inputs: readonly Field[]): Record<string, Tensor> {
  const values = rowValues(row as Row, inputs)
  const feeds = Object.create(null) as Record<string, Tensor>
  for (let i = 0; i < inputs.length; i++) {
    const value = values[i]
    feeds[inputs[i]!.name] =
      typeof value === 'number'
        ? { type: 'float64', dims: single, data: Float64Array.of(value) }
        : { type: 'string', dims: single, data: [value ?? ''] }
  }
  return feeds
}

function loadedClassifier(loaded: Loaded, session: Session): LoadedClassifier {
  const { manifest } = loaded
  const { classes } = manifest
  const { prediction, probabilities } = manifest.signature.outputs
  const run = runner(manifest, session)
  const probabilitiesOf = (outputs: Outputs): Matrix => {
    const data = answeredNumbers(outputs, probabilities)
    return matrix(data, {
      rows: data.length / classes.length,
      columns: classes.length,
      names: classes.map(String),
    })
  }
  const read = labelReader(classes)
  const labelsOf = (outputs: Outputs): Label[] => read(outputs, prediction)
  return {
    ...loaded,
    predicts: 'classes',
    classes,
    predict: async (x) => labelsOf(await run.many(x)),
    predictProba: async (x) => probabilitiesOf(await run.many(x)),
    predictRow: async (row) => labelsOf(await run.one(row))[0]!,
    async predictBoth(x) {
      const outputs = await run.many(x)
      return { labels: labelsOf(outputs), probabilities: probabilitiesOf(outputs) }
    },
  }
}

function loadedRegressor(loaded: Loaded, session: Session): LoadedRegressor {
  const { manifest } = loaded
  const { prediction } = manifest.signature.outputs
  const run = runner(manifest, session)
  const predict = async (x: Features): Promise<Float64Array> => answeredNumbers(await run.many(x), prediction)
  return {
    ...loaded,
    predicts: 'values',
    predict,
    predictRow: async (row) => answeredNumbers(await run.one(row), prediction)[0]!,
    halfWidth: (level) => halfWidthAt(manifest, level),
    async predictInterval(x, level = 0.9) {
      const half = halfWidthAt(manifest, level)
      const values = await predict(x)
      return { low: values.map((value) => value - half), high: values.map((value) => value + half) }
    },
  }
}

/** The half-width for the smallest stored level that is at least the one asked for. */
function halfWidthAt({ predictionIntervals }: Manifest, level: number): number {
  const found = intervalHalfWidth(predictionIntervals, level)
  if (found !== undefined && level > 0) return found
  const known = predictionIntervals.map((interval) => interval.level)
  throw new InvalidOptionError(
    `predict: the bundle has no prediction interval for level ${level}; ${known.length === 0 ? 'it has none, as it was judged on too few rows' : `expected one above 0, up to ${known.at(-1)}`}.`,
    { option: 'interval', expected: known, received: level },
  )
}
