// Small real models for tests of serving: graphs of a node or a few, and bundles of models that were fitted here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { fromRows, type Row } from '../../src/data/index.js'
import { graphBuilder, type Tensor, tensor } from '../../src/engine/onnx/index.js'
import { autoPrepare, pipeline } from '../../src/learn/compose/index.js'
import { outputNames } from '../../src/learn/contracts/index.js'
import { logisticRegression, ridge } from '../../src/learn/linear/index.js'
import { baselineOf, writeBundle } from '../../src/operate/bundle/index.js'

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-serve-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file, and the folders on the way. */
export function put(path: string, content: Uint8Array | string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** y [N, 2] = factor · x [N, 2] and its rows' sums; each row by itself. */
export function scaling(factor: number): Uint8Array {
  const g = graphBuilder({ name: 'scaling' })
  const x = g.input('x', 'float32', ['N', 2])
  const y = g.node('Mul', [x, g.initializer('factor', tensor('float32', [factor], [1]))])
  g.output('y', y, 'float32', ['N', 2])
  g.output('sum', g.node('ReduceSum', [y, g.initializer('axes', tensor('int64', [1n]))]), 'float32', ['N', 1])
  return g.build()
}

/** Softmax over all rows: what a row gets depends on the others. */
export function acrossRows(): Uint8Array {
  const g = graphBuilder({ name: 'across' })
  const x = g.input('x', 'float32', ['N', 2])
  g.output('y', g.node('Softmax', [x], { axis: 0 }), 'float32', ['N', 2])
  return g.build()
}

/** Looks up a word of ten by its number: refuses others when it runs. */
export function lookup(): Uint8Array {
  const g = graphBuilder({ name: 'lookup' })
  const id = g.input('id', 'int64', ['N'])
  const words = g.initializer(
    'words',
    tensor(
      'string',
      Array.from({ length: 10 }, (_, i) => `word ${i}`),
    ),
  )
  g.output('word', g.node('Gather', [words, id], { axis: 0 }), 'string', ['N'])
  return g.build()
}

/** A sequence of any length, summed: rows of one length can be joined. */
export function lengths(): Uint8Array {
  const g = graphBuilder({ name: 'lengths' })
  const x = g.input('x', 'float64', ['N', 'L'])
  g.output('sum', g.node('ReduceSum', [x, g.initializer('axes', tensor('int64', [1n]))]), 'float64', ['N', 1])
  return g.build()
}

/** Inputs of {@link scaling} and {@link acrossRows}. */
export const pairs = (values: readonly number[]): Record<string, Tensor> => ({
  x: tensor('float32', Float32Array.from(values), [values.length / 2, 2]),
})

/** Costs by size, city and whether there is a garden. */
export const houses: readonly Row[] = Array.from({ length: 80 }, (_, i) => {
  const [size, city, garden] = [20 + ((i * 37) % 90), ['Oslo', 'Bern', 'Rome'][i % 3]!, i % 4 === 0]
  const cost = 3 * size + (city === 'Oslo' ? 100 : city === 'Bern' ? 50 : 0) + (garden ? 30 : 0)
  return { size, city, garden, cost, dear: cost > 250 ? 'yes' : 'no' }
})

/** The columns that models of {@link houses} read. */
export const house = ({ size, city, garden }: Row): Row => ({ size, city, garden })

interface BundleOptions {
  readonly task?: 'regression' | 'binary'
  /** As bundles were before serving. @default false */
  readonly old?: boolean
  /** Another model of the same columns. @default 0.01 */
  readonly alpha?: number
}

/** Writes a bundle of a linear model of {@link houses}. */
export async function writeHouseBundle(path: string, options: BundleOptions = {}): Promise<string> {
  const { task = 'regression', old = false, alpha = 0.01 } = options
  const target = task === 'regression' ? 'cost' : 'dear'
  const x = fromRows(houses.map(house))
  const y = houses.map((row) => row[target])
  const model =
    task === 'regression'
      ? await pipeline(autoPrepare(), ridge({ alpha })).fit(x, y as number[])
      : await pipeline(autoPrepare(), logisticRegression()).fit(x, y as string[])
  await writeBundle(path, {
    manifest: {
      format: 'modelwright-bundle',
      version: 1,
      createdBy: 'modelwright 0.0.0',
      createdAt: '2026-01-01T00:00:00.000Z',
      task,
      target,
      metric: 'rmse',
      model: 'linear',
      seed: 0,
      signature: { inputs: model.inputs, outputs: outputNames(model.core) },
      classes: 'classes' in model ? model.classes : [],
      threshold: 0.5,
      scores: {},
      predictionIntervals: task === 'regression' ? [{ level: 0.9, halfWidth: 7 }] : [],
      data: { rows: houses.length, columns: 4, leftOut: [], hash: '' },
      ...(old ? {} : { baseline: baselineOf(x) }),
      recipe: {},
      environment: {},
    },
    onnx: model.toOnnx(),
    report: '',
    sample: old
      ? { inputs: houses.slice(0, 3).map(house), predictions: [] }
      : {
          inputs: houses.slice(0, 3).map(house),
          predictions: [],
          background: houses.slice(0, 16).map(house),
        },
    onnxVersion: '1.12.0',
  })
  return path
}
