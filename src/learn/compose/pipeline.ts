// Steps in turn: preparations, then (usually) a learner. Each step sees what the one before it gives.
import { InvalidOptionError } from '../../base/index.js'
import type { Table } from '../../data/index.js'
import {
  asClassifier,
  asRegressor,
  type Classifier,
  type CoreEstimator,
  type CoreModel,
  type FitData,
  type Learned,
  type ModelDocument,
  type Regressor,
  type RowValue,
  selectInputs,
  type Transform,
  type Transformer,
} from '../contracts/index.js'
import { hasRole, received } from './received.js'
import { chainRows, picker } from './row-functions.js'
import { fitSteps, leastPortable } from './steps.js'

/** What may stand last in a pipeline. */
export type Learner<Parts = Learned> = Regressor<Parts> | Classifier<Parts>

/** What a pipeline lets people read. */
export type PipelineLearned = Readonly<{
  /** The fitted steps: transforms, then the model of the learner. */
  steps: readonly (Transform | CoreModel)[]
}>

/**
 * Joins preparations and a learner into one estimator; what it gives is one model, and one ONNX graph.
 *
 * Every step is fitted on what the steps before it give. Preparations are told which learner follows.
 *
 * @param steps - transformers, then a classifier or a regressor
 * @returns an estimator with the face of the last step
 * @throws {@link InvalidOptionError} when a learner stands before the end
 */
export function pipeline(...steps: readonly [...Transformer[], Classifier]): Classifier<PipelineLearned>
export function pipeline(...steps: readonly [...Transformer[], Regressor]): Regressor<PipelineLearned>
export function pipeline(...steps: readonly [...Transformer[], Learner]): Learner<PipelineLearned>
export function pipeline(...steps: readonly (Transformer | Learner)[]): Learner<PipelineLearned> {
  return withFace(pipelineCore(steps))
}

/** The estimator with the face that its traits ask for. */
export function withFace<Parts = Learned>(core: CoreEstimator): Learner<Parts> {
  return core.traits.predicts === 'classes' ? asClassifier<Parts>(core) : asRegressor<Parts>(core)
}

/** {@link pipeline} without a public face, for those who build estimators from data. */
export function pipelineCore(steps: readonly (Transformer | CoreEstimator)[]): CoreEstimator {
  const learner = steps.at(-1)
  const preparations = steps.slice(0, -1)
  if (!hasRole(learner, 'estimator') || !preparations.every((step) => hasRole(step, 'transformer'))) {
    const kinds = steps.map(received)
    throw new InvalidOptionError(
      `pipeline: expected transformers and then one learner, received ${kinds.join(', ') || 'nothing'}.`,
      { option: 'steps', expected: 'transformers, then a learner', received: kinds },
    )
  }
  return Object.freeze({
    role: 'estimator' as const,
    kind: 'pipeline',
    options: { steps: steps.map(({ kind, options }) => ({ kind, options })) },
    traits: { ...learner.traits, missing: true },
    fitCore: (data: FitData) => fitPipeline(preparations as readonly Transformer[], learner, data),
  })
}

async function fitPipeline(
  preparations: readonly Transformer[],
  learner: CoreEstimator,
  data: FitData,
): Promise<CoreModel> {
  const { transforms, data: prepared } = await fitSteps(preparations, { ...data, learner: learner.traits })
  const model = await learner.fitCore(prepared)
  return pipelineModel(transforms, model)
}

/** Steps in turn for one row, where each of them can. */
function rowScorer(
  transforms: readonly Transform[],
  model: CoreModel,
): ((row: readonly RowValue[]) => Float64Array) | undefined {
  const prepare = chainRows(transforms)
  const score = model.rowFunction()
  if (prepare === undefined || score === undefined) return undefined
  const last = transforms.at(-1)
  const pick = last === undefined ? undefined : picker(last.outputs, model.inputs)
  return pick === undefined ? score : (row) => score(pick(prepare(row)))
}

/** Fitted steps as one model. */
export function pipelineModel(transforms: readonly Transform[], model: CoreModel): CoreModel {
  const inputs = transforms[0]?.inputs ?? model.inputs
  const prepare = (x: Table): Table =>
    transforms.reduce((table, transform) => transform.apply(table), selectInputs(x, inputs, 'pipeline'))
  return Object.freeze({
    kind: 'pipeline',
    predicts: model.predicts,
    portable: leastPortable([...transforms, model]),
    classes: model.classes,
    inputs,
    learned: { steps: [...transforms, model] },
    score: async (x) => model.score(prepare(x)),
    scoreNow: (x) => model.scoreNow(prepare(x)),
    rowFunction: () => rowScorer(transforms, model),
    toGraph: (x, graph) =>
      model.toGraph(
        transforms.reduce((table, transform) => transform.toGraph(table), x),
        graph,
      ),
    toJSON: (): ModelDocument => ({
      format: 'modelwright',
      version: 1,
      kind: 'pipeline',
      options: null,
      state: { transforms: transforms.map((transform) => transform.toJSON()), model: model.toJSON() },
    }),
  } satisfies CoreModel)
}
