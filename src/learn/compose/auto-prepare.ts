// Chooses the preparation of each column by what it holds and by the learner that follows.
import { DataError, defineOptions, integer, nullable, oneOf, type GivenOptions } from '../../base/index.js'
import {
  asTransformer,
  type CoreModel,
  type FitData,
  type FittedTransform,
  type ModelDocument,
  type PublicTransformer,
  type Transform,
} from '../contracts/index.js'
import { fitRoutes, type Route } from './on-columns.js'
import type { PrepareKind, Treatments } from './prepare-routes.js'

/** Options of {@link autoPrepare}. */
export interface AutoPrepareOptions {
  /** The learner to prepare for; 'auto' asks the pipeline. @default 'auto' */
  readonly for: 'auto' | 'linear' | 'tree' | 'network'
  /**
   * Text columns of at most so many levels get one column per level (for networks: no column of the target's means beside
   * their text); null: 30 for linear and networks, 3 for trees. @default null
   */
  readonly maxOneHot: number | null
  /** The most words and pairs of words that a column of free text is encoded by; 0 leaves such columns out. @default 300 */
  readonly maxText: number
}

/** What became of a column. */
export interface ColumnPlan {
  readonly column: string
  readonly kind: PrepareKind
  /** The kinds of the transformers that it goes through; empty: as it is. Undefined: left out. */
  readonly treatment: readonly string[] | undefined
}

/** The transform of {@link autoPrepare}, which tells what it chose. */
export interface PreparedTransform extends Transform {
  readonly plan: readonly ColumnPlan[]
}

const options = defineOptions<AutoPrepareOptions>({
  for: oneOf(['auto', 'linear', 'tree', 'network'], { default: 'auto' }),
  maxOneHot: nullable(integer({ min: 2, default: 10 })),
  maxText: integer({ min: 0, default: 300 }),
})

/**
 * Prepares a table of any columns for a learner.
 *
 * For linear models: numbers imputed by the median with an indicator, standardized, and bent by linear
 * splines (up to 60 columns); text of few levels (and whole
 * numbers that may be codes) one-hot, rare levels together; text of many levels by the target's mean, out of fold, and
 * its most frequent levels one-hot. For trees: numbers as they are, with missing values; text of few levels one-hot; of
 * many levels by the target's mean, out of fold, and by frequency. For networks: numbers imputed as for linear models, on
 * the scale that they have; text as it is, of many levels also by the target's mean. For all: timestamps by calendar and clock, free text
 * by TF-IDF of words and pairs of words. Constant columns and identifiers are left out, and are no inputs of the model;
 * `plan` says what became of each column.
 *
 * @param given - see {@link AutoPrepareOptions}
 * @returns a transformer; in a pipeline it asks which learner follows
 * @throws {@link DataError} when no column is left to learn from
 * @example
 * ```ts
 * const rows = [{ id: 'c1', age: 20, city: 'Oslo' }, { id: 'c1', age: 40, city: 'Bern' }]
 * const prepare = await autoPrepare({ for: 'tree' }).fit(rows)
 * prepare.outputs // => ['age', 'city=Oslo']
 * ```
 */
export function autoPrepare(given: GivenOptions<AutoPrepareOptions> = {}): PublicTransformer {
  const parsed = options.parse('auto-prepare', given)
  return asTransformer({
    kind: 'auto-prepare',
    options: { ...parsed },
    fitCore: (data) => fitPlan(data, parsed),
  })
}

async function fitPlan(data: FitData, chosen: AutoPrepareOptions): Promise<FittedTransform> {
  // Brings all of the preparations along, which a fitted pipeline does not need.
  const { columnKinds, prepareKind, treatmentsFor } = await import('./prepare-routes.js')
  const asked = chosen.for === 'auto' ? data.learner?.prefers : chosen.for
  const learner = asked === 'linear' || asked === 'network' ? asked : 'tree'
  // Trees pay for each column, and a linear model gains by each.
  const maxLevels = chosen.maxOneHot ?? (learner === 'tree' ? 3 : 30)
  const kinds = new Map(columnKinds(data.x).map((one) => [one.name, prepareKind(one, maxLevels)]))
  const treatments = treatmentsFor({
    learner,
    hasTarget: data.target !== undefined,
    rows: data.x.rowCount,
    numbers: [...kinds.values()].filter((kind) => kind === 'number').length,
    maxText: chosen.maxText,
  })
  const wanted = data.learner?.prefers === 'none' ? cheapest(kinds, treatments) : [...kinds.keys()]
  const routes = routesOf(wanted, kinds, treatments)
  if (routes.length === 0) throw nothingLeft(kinds)
  const { transform, training } = await fitRoutes(routes, data, 'set-apart')
  const used = new Set(wanted)
  const plan = [...kinds].map(([column, kind]) => ({
    column,
    kind,
    treatment: used.has(column) ? stepKinds(treatments[kind] ?? []) : undefined,
  }))
  return { transform: planned(transform, plan, chosen), training }
}

/** The kinds of all steps; undefined where there is no route. */
const stepKinds = (routes: readonly (readonly { readonly kind: string }[])[]): string[] | undefined =>
  routes.length === 0 ? undefined : routes.flatMap((steps) => steps.map((step) => step.kind))

/** A learner that looks at no column still needs one, to know how many rows there are. */
function cheapest(kinds: ReadonlyMap<string, PrepareKind>, treatments: Treatments): string[] {
  const names = [...kinds.keys()]
  const first =
    names.find((name) => kinds.get(name) === 'number') ??
    names.find((name) => (treatments[kinds.get(name)!] ?? []).length > 0)
  return first === undefined ? [] : [first]
}

function routesOf(
  wanted: readonly string[],
  kinds: ReadonlyMap<string, PrepareKind>,
  treatments: Treatments,
): Route[] {
  return Object.entries(treatments).flatMap(([kind, treatment]) => {
    const columns = wanted.filter((name) => kinds.get(name) === kind)
    return columns.length === 0 ? [] : treatment.map((use) => ({ columns, use }))
  })
}

function nothingLeft(kinds: ReadonlyMap<string, PrepareKind>): DataError {
  const list = [...kinds].slice(0, 8).map(([name, kind]) => `'${name}' (${kind})`)
  return new DataError(
    `autoPrepare: no column is left to learn from: ${list.join(', ')}. Add columns that differ between rows and do not merely name them.`,
    { columns: Object.fromEntries(kinds) },
  )
}

function planned(
  routes: Transform,
  plan: readonly ColumnPlan[],
  chosen: AutoPrepareOptions,
): PreparedTransform {
  return Object.freeze({
    ...routes,
    kind: 'auto-prepare',
    plan,
    toJSON: (): ModelDocument => ({
      format: 'modelwright',
      version: 1,
      kind: 'auto-prepare',
      options: chosen,
      // A treatment that is undefined does not survive JSON: the key is simply absent, which reads the same.
      state: { plan, routes: routes.toJSON() },
    }),
  })
}

/** How the catalogue makes it from data and reads it back; the routes are a document of their own. */
export const autoPrepareEntry = {
  create: (given: Readonly<Record<string, unknown>>): PublicTransformer => autoPrepare(given),
  async restore(
    document: ModelDocument,
    child: (part: ModelDocument) => Promise<Transform | CoreModel>,
  ): Promise<PreparedTransform> {
    const { plan, routes } = document.state as { plan: readonly ColumnPlan[]; routes: ModelDocument }
    const chosen = options.parse('auto-prepare', document.options as GivenOptions<AutoPrepareOptions>)
    return planned((await child(routes)) as Transform, plan, chosen)
  },
}
