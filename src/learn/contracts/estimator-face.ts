// The public faces of estimators and models. One implementation for every family and every composition.
import { InvalidOptionError } from '../../base/index.js'
import { matrix, type Row } from '../../data/index.js'
import type { CoreEstimator, CoreModel, Learned } from './core.js'
import { exportOnnx } from './export-onnx.js'
import type { Classifier, ClassifierModel, Regressor, RegressorModel } from './faces.js'
import { asTable, type Features, fittedColumns } from './features.js'
import { type FitArguments, fitData, sameClasses } from './fit-options.js'
import { rowTable, rowValues } from './row-table.js'
import { classTarget, type Label, valueTarget } from './target.js'

/** Puts the public face of a regressor on a core estimator. */
export function asRegressor<Parts = Learned>(core: CoreEstimator): Regressor<Parts> {
  const fit = async (...given: FitArguments): Promise<RegressorModel> => {
    const { data, seed } = fitData(given, valueTarget)
    return regressorModel(await core.fitCore(data), { seed })
  }
  return Object.freeze({ ...core, fit }) as Regressor<Parts>
}

/** Puts the public face of a classifier on a core estimator. */
export function asClassifier<Parts = Learned>(core: CoreEstimator): Classifier<Parts> {
  const fit = async (...given: FitArguments): Promise<ClassifierModel> => {
    const { data, seed } = fitData(given, classTarget)
    return classifierModel(await core.fitCore({ ...data, validation: sameClasses(data) }), { seed })
  }
  return Object.freeze({ ...core, fit }) as Classifier<Parts>
}

/** What a face adds to a core model. */
interface FaceOptions {
  /** @default 0.5 */
  readonly threshold?: number | undefined
  readonly seed?: number | undefined
}

const common = (core: CoreModel, seed: number | undefined) => ({
  kind: core.kind,
  portable: core.portable,
  inputs: core.inputs,
  learned: core.learned,
  seed,
  core,
})

/** Scores single rows: compiled on first use where the model can be, otherwise over a table of one row. */
function rowScorer(core: CoreModel): (row: unknown) => Float64Array {
  let compiled: ReturnType<CoreModel['rowFunction']> | null = null
  return (row) => {
    if (compiled === null) compiled = core.rowFunction()
    if (compiled === undefined) return core.scoreNow(rowTable(row as Row, core.inputs))
    return compiled(rowValues(row as Row, core.inputs))
  }
}

const manyRows = async (core: CoreModel, x: Features): Promise<Float64Array> =>
  core.score(fittedColumns(asTable(x, core.inputs), core.inputs, core.kind))

/** The public face of a fitted regressor. */
export function regressorModel(core: CoreModel, { seed }: Pick<FaceOptions, 'seed'> = {}): RegressorModel {
  const scoreRow = rowScorer(core)
  return Object.freeze({
    ...common(core, seed),
    predicts: 'values' as const,
    predict: (x: Features) => manyRows(core, x),
    predictRow: (row: Row) => scoreRow(row)[0]!,
    toJSON: () => ({ ...core.toJSON(), ...(seed === undefined ? {} : { seed }) }),
    toOnnx: () => exportOnnx(core, {}),
  })
}

/** The public face of a fitted classifier. The threshold counts for two classes only; more take the most probable. */
export function classifierModel(
  core: CoreModel,
  { threshold = 0.5, seed }: FaceOptions = {},
): ClassifierModel {
  const { classes } = core
  const k = classes.length
  const scoreRow = rowScorer(core)
  const decide = (scores: Float64Array, row: number): Label =>
    classes[decideCode({ scores, row, k, threshold })]!
  return Object.freeze({
    ...common(core, seed),
    predicts: 'classes' as const,
    classes,
    threshold,
    async predict(x: Features) {
      const scores = await manyRows(core, x)
      return Array.from({ length: scores.length / k }, (_, row) => decide(scores, row))
    },
    async predictProba(x: Features) {
      const scores = await manyRows(core, x)
      return matrix(scores, { rows: scores.length / k, columns: k, names: classes.map(String) })
    },
    predictRow: (row: Row) => decide(scoreRow(row), 0),
    predictProbaRow(row: Row) {
      const scores = scoreRow(row)
      return classes.map((label, code) => ({ label, probability: scores[code]! }))
    },
    withThreshold(other: number) {
      checkThreshold(other, k)
      return classifierModel(core, { threshold: other, seed })
    },
    toJSON: () => ({
      ...core.toJSON(),
      ...(threshold === 0.5 ? {} : { threshold }),
      ...(seed === undefined ? {} : { seed }),
    }),
    toOnnx: () => exportOnnx(core, { threshold }),
  })
}

function checkThreshold(threshold: number, classes: number): void {
  if (classes === 2 && threshold >= 0 && threshold <= 1) return
  throw new InvalidOptionError(
    `withThreshold: expected a number from 0 to 1 for a model of two classes, received ${threshold} for ${classes} classes.`,
    { option: 'threshold', expected: 'a number from 0 to 1, for two classes', received: threshold },
  )
}

/** The code decided for one row of row-major probabilities: first of the greatest, or for two classes by threshold. */
export function decideCode(given: {
  readonly scores: Float64Array
  readonly row: number
  readonly k: number
  readonly threshold: number
}): number {
  const { scores, row, k, threshold } = given
  const at = row * k
  if (k === 2 && threshold !== 0.5) return scores[at + 1]! >= threshold ? 1 : 0
  let best = 0
  for (let code = 1; code < k; code++) if (scores[at + code]! > scores[at + best]!) best = code
  return best
}
