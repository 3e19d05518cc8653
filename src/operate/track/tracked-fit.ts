// One fit of an estimator as a run: its options, the data, losses by iteration, the model.
import type { Table } from '../../data/index.js'
import {
  asTable,
  type Classifier,
  type ClassifierModel,
  type Features,
  type FitOptions,
  type Regressor,
  type RegressorModel,
  type TargetInput,
} from '../../learn/contracts/index.js'
import { flatten } from './flatten.js'
import type { RunOptions, TrackedRun } from './run-options.js'

export interface TrackedFitOptions extends FitOptions {
  /** Name, experiment, tags of the run. */
  readonly run?: Omit<RunOptions, 'signal'> | undefined
}

/** A fitted model, and the run that keeps it. */
export interface FitWithRun<M> {
  readonly model: M
  readonly runId: string
}

export interface TrackedFit {
  /**
   * Fits an estimator within a run of its own: logs its options, the data, losses by iteration, and the model as ONNX and as its document.
   *
   * @param y - one label per row, or the name of the target column of x
   * @throws what `fit` throws; the run is FAILED then
   */
  fit(
    estimator: Regressor,
    x: Features,
    y: TargetInput | string,
    options?: TrackedFitOptions,
  ): Promise<FitWithRun<RegressorModel>>
  fit(
    estimator: Classifier,
    x: Features,
    y: TargetInput | string,
    options?: TrackedFitOptions,
  ): Promise<FitWithRun<ClassifierModel>>
}

type InRun = <T>(options: RunOptions, work: (run: TrackedRun) => Promise<T>) => Promise<T>

type Fitted = RegressorModel | ClassifierModel

/** What both kinds of estimator have in common here. */
interface AnyEstimator {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  fit(x: Table, y: TargetInput | { readonly target: string }, options?: FitOptions): Promise<Fitted>
}

export function trackFit(inRun: InRun): TrackedFit {
  const fit = (
    given: Regressor | Classifier,
    features: Features,
    y: TargetInput | string,
    { run: runOptions = {}, ...options }: TrackedFitOptions = {},
  ): Promise<FitWithRun<Fitted>> => {
    const estimator = given as unknown as AnyEstimator
    const { signal, onEvent } = options
    const tags = { 'modelwright.kind': 'fit', 'modelwright.model': estimator.kind, ...runOptions.tags }
    return inRun({ name: undefined, ...runOptions, tags, signal }, async (run) => {
      await run.logParams({ ...flatten(describe(estimator)), ...seedOf(options) })
      const x = asTable(features)
      const target = typeof y === 'string' ? y : undefined
      const told: FitOptions = {
        ...options,
        onEvent(event) {
          run.onEvent(event)
          onEvent?.(event)
        },
      }
      const [model] = await Promise.all([
        target === undefined
          ? estimator.fit(x, y as TargetInput, told)
          : estimator.fit(x, { ...told, target }),
        run.logDataset(x, { target, context: 'training' }),
      ])
      await run.logModel(model)
      return { model, runId: run.id }
    })
  }
  return { fit } as TrackedFit
}

const seedOf = ({ seed }: FitOptions): Record<string, unknown> =>
  seed === undefined ? { seed: 0 } : { seed }

/** An estimator as plain data: parts within its options, such as the steps of a pipeline, are described too. */
function describe(part: { readonly kind: string; readonly options: unknown }): Record<string, unknown> {
  return { kind: part.kind, ...(plain(part.options) as Record<string, unknown>) }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date)
    return value
  if ('role' in value && 'kind' in value && 'options' in value)
    return describe(value as unknown as { kind: string; options: unknown })
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
