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

const catalogue: Readonly<Record<string, () => Promise<CatalogueEntry>>> = {
  'dummy-classifier': async () => simple((await import('./baseline/index.js')).dummyClassifier),
  'dummy-regressor': async () => simple((await import('./baseline/index.js')).dummyRegressor),
  'frequency-encoder': async () => simple((await import('./preprocess/index.js')).frequencyEncoder),
  imputer: async () => simple((await import('./preprocess/index.js')).imputer),
  'missing-indicator': async () => simple((await import('./preprocess/index.js')).missingIndicator),
  'one-hot': async () => simple((await import('./preprocess/index.js')).oneHot),
  'ordinal-encoder': async () => simple((await import('./preprocess/index.js')).ordinalEncoder),
  'standard-scaler': async () => simple((await import('./preprocess/index.js')).standardScaler),
  'target-encoder': async () => simple((await import('./preprocess/index.js')).targetEncoder),
  'date-parts': async () => simple((await import('./preprocess/index.js')).dateParts),
  'min-max-scaler': async () => simple((await import('./preprocess/index.js')).minMaxScaler),
  numeric: async () => simple((await import('./preprocess/index.js')).numeric),
  'polynomial-features': async () => simple((await import('./preprocess/index.js')).polynomialFeatures),
  'power-transformer': async () => simple((await import('./preprocess/index.js')).powerTransformer),
  'quantile-transformer': async () => simple((await import('./preprocess/index.js')).quantileTransformer),
  'robust-scaler': async () => simple((await import('./preprocess/index.js')).robustScaler),
  'auto-prepare': async () => (await import('./compose/index.js')).autoPrepareEntry,
  'gradient-boosting-classifier': async () =>
    simple((await import('./boost/index.js')).gradientBoostingClassifier),
  'gradient-boosting-regressor': async () =>
    simple((await import('./boost/index.js')).gradientBoostingRegressor),
  pipeline: async () => (await import('./compose/index.js')).pipelineEntry,
  'on-columns': async () => (await import('./compose/index.js')).onColumnsEntry,
  voting: async () => (await import('./compose/index.js')).votingEntry,
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
