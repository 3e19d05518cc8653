// Routes columns, by name or by kind, to preparations of their own, and puts the results side by side.
import { DataError, InvalidOptionError } from '../../base/index.js'
import { type ColumnType, type Field, table, type Table } from '../../data/index.js'
import {
  asTransformer,
  type FitData,
  type FittedTransform,
  joinColumns,
  type ModelDocument,
  type PublicTransformer,
  type SymbolicTable,
  type Transform,
  type Transformer,
} from '../contracts/index.js'
import { fitSteps, leastPortable } from './steps.js'

/** One route: which columns, and what happens to them in turn. */
export interface Route {
  /** Names, or all columns of a type that no other route names. */
  readonly columns: readonly string[] | ColumnType
  /** Transformers in turn; none passes the columns on as they are. */
  readonly use: Transformer | readonly Transformer[]
}

/**
 * Sends columns to transformers by name or by type; what no route takes is left out.
 *
 * The results stand side by side, in the order of the routes. A column may take several routes; the names that come
 * out must differ.
 *
 * @throws {@link InvalidOptionError} when there is no route
 */
export function onColumns(routes: Readonly<Record<string, Route>>): PublicTransformer {
  if (Object.keys(routes).length === 0) {
    throw new InvalidOptionError('onColumns: expected at least one route, received none.', {
      option: 'routes',
      expected: 'at least one route',
      received: routes,
    })
  }
  return asTransformer({
    kind: 'on-columns',
    options: {
      routes: Object.fromEntries(
        Object.entries(routes).map(([name, route]) => [
          name,
          { columns: route.columns, use: stepsOf(route).map(({ kind, options }) => ({ kind, options })) },
        ]),
      ),
    },
    fitCore: (data) => fitRoutes(Object.values(routes), data),
  })
}

const stepsOf = (route: Route): readonly Transformer[] =>
  Array.isArray(route.use) ? (route.use as readonly Transformer[]) : [route.use as Transformer]

/** A fitted route. */
export interface FittedRoute {
  readonly columns: readonly string[]
  readonly transforms: readonly Transform[]
}

async function fitRoutes(routes: readonly Route[], data: FitData): Promise<FittedTransform> {
  const named = new Set(routes.flatMap((route) => (typeof route.columns === 'string' ? [] : route.columns)))
  const fitted: FittedRoute[] = []
  const trainings: Table[] = []
  for (const [i, route] of routes.entries()) {
    const columns = columnsOf(route, data.x, named)
    if (columns.length === 0) continue
    const { transforms, data: after } = await fitSteps(stepsOf(route), {
      ...data,
      x: data.x.select(columns),
      validation: undefined,
      rng: data.rng.split('route', i),
    })
    fitted.push({ columns, transforms })
    trainings.push(after.x)
  }
  return { transform: routesTransform(fitted, usedFields(data.x, fitted)), training: sideBySide(trainings) }
}

function columnsOf(route: Route, x: Table, named: ReadonlySet<string>): readonly string[] {
  if (typeof route.columns !== 'string') {
    for (const name of route.columns) x.col(name)
    return route.columns
  }
  return x.names.filter((name) => x.col(name).type === route.columns && !named.has(name))
}

const usedFields = (x: Table, routes: readonly FittedRoute[]): readonly Field[] => {
  const used = new Set(routes.flatMap((route) => route.columns))
  return x.fields.filter((field) => used.has(field.name))
}

/** @throws {@link DataError} when two tables have a column of one name */
function sideBySide(tables: readonly Table[]): Table {
  const columns = new Map(tables.flatMap((part) => part.names.map((name) => [name, part.col(name)] as const)))
  const total = tables.reduce((sum, part) => sum + part.names.length, 0)
  if (columns.size !== total) {
    const names = tables.flatMap((part) => part.names)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    throw new DataError(
      `onColumns: two routes give a column named '${twice}'. Let one route take it, or rename the column.`,
      { column: twice },
    )
  }
  return table(columns)
}

/** Fitted routes as one transform. */
export function routesTransform(routes: readonly FittedRoute[], inputs: readonly Field[]): Transform {
  const apply = (x: Table): Table =>
    sideBySide(
      routes.map((route) =>
        route.transforms.reduce((part, transform) => transform.apply(part), x.select(route.columns)),
      ),
    )
  const graphOf = (x: SymbolicTable): SymbolicTable =>
    joinColumns(
      x.graph,
      routes.map((route) =>
        route.transforms.reduce((part, transform) => transform.toGraph(part), x.select(route.columns)),
      ),
    )
  return Object.freeze({
    kind: 'on-columns',
    portable: leastPortable(routes.flatMap((route) => route.transforms)),
    inputs,
    outputs: routes.flatMap((route) => route.transforms.at(-1)?.outputs ?? route.columns),
    apply,
    transform: async (x: Table) => apply(x),
    toGraph: graphOf,
    toJSON: (): ModelDocument => ({
      format: 'modelwright',
      version: 1,
      kind: 'on-columns',
      options: null,
      state: {
        inputs,
        routes: routes.map((route) => ({
          columns: route.columns,
          transforms: route.transforms.map((transform) => transform.toJSON()),
        })),
      },
    }),
  } satisfies Transform)
}
