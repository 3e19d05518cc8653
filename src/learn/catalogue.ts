// From a `kind` to the code that makes or restores it. Families are loaded when first asked for; nothing registers
// itself. This is the one list to extend when an estimator is added.
import { closestName, FormatError } from '../base/index.js'
import type { CoreEstimator, CoreModel, ModelDocument, Transform, Transformer } from './contracts/index.js'

/** A description of a transformer or an estimator as data. */
export interface Recipe {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
}

type Part = Transformer | CoreEstimator
type Fitted = Transform | CoreModel

/** How one kind is made from data; composites make their parts by the functions they are given. */
export interface CatalogueEntry {
  create(
    options: Readonly<Record<string, unknown>>,
    child: (recipe: Recipe) => Promise<Part>,
  ): Part | Promise<Part>
  restore(
    document: ModelDocument,
    child: (document: ModelDocument) => Promise<Fitted>,
  ): Fitted | Promise<Fitted>
}

interface Factory {
  (options?: never): Part
  restore(document: ModelDocument): Fitted
}

/** An entry for what `defineTransformer`, `defineClassifier` or `defineRegressor` made. */
const simple = (factory: Factory): CatalogueEntry => ({
  create: (options) => factory(options as never),
  restore: (document) => factory.restore(document),
})

/** Loads one factory of a family when it is first asked for. */
const family =
  <M>(load: () => Promise<M>, pick: (module: M) => Factory) =>
  async (): Promise<CatalogueEntry> =>
    simple(pick(await load()))

const baseline = (pick: (module: typeof import('./baseline/index.js')) => Factory) =>
  family(() => import('./baseline/index.js'), pick)
const linear = (pick: (module: typeof import('./linear/index.js')) => Factory) =>
  family(() => import('./linear/index.js'), pick)
const tree = (pick: (module: typeof import('./tree/index.js')) => Factory) =>
  family(() => import('./tree/index.js'), pick)
const boost = (pick: (module: typeof import('./boost/index.js')) => Factory) =>
  family(() => import('./boost/index.js'), pick)
const nn = (pick: (module: typeof import('./nn/index.js')) => Factory) =>
  family(() => import('./nn/index.js'), pick)
const preprocess = (pick: (module: typeof import('./preprocess/index.js')) => Factory) =>
  family(() => import('./preprocess/index.js'), pick)
const compose = (pick: (module: typeof import('./compose/index.js')) => CatalogueEntry) => async () =>
  pick(await import('./compose/index.js'))

const catalogue: Readonly<Record<string, () => Promise<CatalogueEntry>>> = {
  'dummy-classifier': baseline((module) => module.dummyClassifier),
  'dummy-regressor': baseline((module) => module.dummyRegressor),
  'linear-regression': linear((module) => module.linearRegression),
  ridge: linear((module) => module.ridge),
  lasso: linear((module) => module.lasso),
  'elastic-net': linear((module) => module.elasticNet),
  'logistic-regression': linear((module) => module.logisticRegression),
  'decision-tree-classifier': tree((module) => module.decisionTreeClassifier),
  'decision-tree-regressor': tree((module) => module.decisionTreeRegressor),
  'gradient-boosting-classifier': boost((module) => module.gradientBoostingClassifier),
  'gradient-boosting-regressor': boost((module) => module.gradientBoostingRegressor),
  'mlp-classifier': nn((module) => module.mlpClassifier),
  'mlp-regressor': nn((module) => module.mlpRegressor),
  imputer: preprocess((module) => module.imputer),
  'standard-scaler': preprocess((module) => module.standardScaler),
  'min-max-scaler': preprocess((module) => module.minMaxScaler),
  'robust-scaler': preprocess((module) => module.robustScaler),
  'quantile-transformer': preprocess((module) => module.quantileTransformer),
  'power-transformer': preprocess((module) => module.powerTransformer),
  'one-hot': preprocess((module) => module.oneHot),
  'ordinal-encoder': preprocess((module) => module.ordinalEncoder),
  'frequency-encoder': preprocess((module) => module.frequencyEncoder),
  'target-encoder': preprocess((module) => module.targetEncoder),
  'date-parts': preprocess((module) => module.dateParts),
  'missing-indicator': preprocess((module) => module.missingIndicator),
  numeric: preprocess((module) => module.numeric),
  'polynomial-features': preprocess((module) => module.polynomialFeatures),
  tfidf: preprocess((module) => module.tfidf),
  'linear-spline': preprocess((module) => module.linearSpline),
  'auto-prepare': compose((module) => module.autoPrepareEntry),
  pipeline: compose((module) => module.pipelineEntry),
  'on-columns': compose((module) => module.onColumnsEntry),
  voting: compose((module) => module.votingEntry),
}

/** All kinds that can be made and restored. */
export const knownKinds = (): readonly string[] => Object.keys(catalogue)

/** @throws {@link FormatError} for an unknown kind */
async function entryOf(kind: string): Promise<CatalogueEntry> {
  const load = Object.hasOwn(catalogue, kind) ? catalogue[kind] : undefined
  if (load === undefined) {
    const closest = closestName(kind, knownKinds())
    throw new FormatError(
      `There is no model or transformer of kind '${kind}'${closest === undefined ? '' : `; the nearest is '${closest}'`}. It may come from a newer version.`,
      { format: 'modelwright', kind, known: knownKinds() },
    )
  }
  return load()
}

/**
 * Makes a transformer or an estimator from its description as data.
 *
 * @throws {@link FormatError} for an unknown kind, {@link InvalidOptionError} for a wrong option
 */
export async function createFromRecipe(recipe: Recipe): Promise<Part> {
  return (await entryOf(recipe.kind)).create(recipe.options, createFromRecipe)
}

/** The reverse of `toJSON`: a fitted transform or model from its document. Runs no code from it. */
export async function restoreFitted(document: ModelDocument): Promise<Fitted> {
  return (await entryOf(document.kind)).restore(document, restoreFitted)
}

/** The description of a transformer or an estimator as data. */
export const recipeOf = (part: Part): Recipe => ({ kind: part.kind, options: part.options })
