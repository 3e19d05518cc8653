// Bundles of small models that are fitted at once: as good or bad as a test wants them.
import { join } from 'node:path'
import { autoPrepare, pipeline } from '../../src/learn/compose/index.js'
import { outputNames } from '../../src/learn/contracts/index.js'
import { logisticRegression, ridge } from '../../src/learn/linear/index.js'
import { type Manifest, writeBundle } from '../../src/operate/bundle/index.js'
import { scatter } from './small-tables.js'

export interface House {
  readonly size: number
  readonly city: string
  readonly price: number
  readonly dear: string
}

const cities = ['Oslo', 'Bern', 'Riga']

/** Houses whose price depends on size and city; the same for the same numbers. */
export const houses = (count: number, from = 0): House[] =>
  Array.from({ length: count }, (_, at) => {
    const i = from + at
    const [size, city] = [20 + scatter(i, 80), scatter(i + 1, 3)]
    const price = 3 * size + 40 * city + scatter(i + 2, 20)
    return { size, city: cities[city]!, price, dear: price > 230 ? 'yes' : 'no' }
  })

export interface SmallBundle {
  /** How much a model is held back: 0.01 fits well, a million hardly at all. */
  readonly alpha?: number
  /** Columns that it reads. */
  readonly columns?: readonly ('size' | 'city')[]
  readonly classifier?: boolean
  readonly manifest?: Partial<Omit<Manifest, 'files'>>
}

/** Writes a bundle that predicts the price of a house, or whether it is dear. */
export async function smallBundle(
  folder: string,
  name: string,
  { alpha = 0.01, columns = ['size', 'city'], classifier = false, manifest = {} }: SmallBundle = {},
): Promise<string> {
  const target = classifier ? 'dear' : 'price'
  const rows = houses(120).map((house) =>
    Object.fromEntries([...columns, target].map((column) => [column, house[column as keyof House]])),
  )
  const model = classifier
    ? await pipeline(autoPrepare(), logisticRegression({ C: 1 / alpha })).fit(rows, { target })
    : await pipeline(autoPrepare(), ridge({ alpha })).fit(rows, { target })
  const path = join(folder, name)
  await writeBundle(path, {
    manifest: {
      format: 'modelwright-bundle',
      version: 1,
      createdBy: 'modelwright 0.0.0',
      createdAt: '2026-01-01T00:00:00.000Z',
      task: classifier ? 'binary' : 'regression',
      target,
      metric: classifier ? 'log-loss' : 'rmse',
      model: 'linear',
      seed: 0,
      signature: { inputs: model.inputs, outputs: outputNames(model.core) },
      classes: 'classes' in model ? (model.classes as string[]) : [],
      threshold: 0.5,
      scores: classifier ? { 'log-loss': 0.3 } : { rmse: alpha },
      predictionIntervals: [],
      data: { rows: 120, columns: 3, leftOut: [], hash: 'abc123' },
      recipe: { version: 1, settings: { target, seed: 0 } },
      environment: { Node: '20' },
      ...manifest,
    },
    onnx: model.toOnnx(),
    report: '<!doctype html>',
    sample: { inputs: rows.slice(0, 2), predictions: [] },
    onnxVersion: '1.12.0',
  })
  return path
}
