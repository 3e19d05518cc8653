// Routes columns, by name or by kind, to preparations of their own, and puts the results side by side.
import { DataError } from '../../base/index.js'
import { type ColumnType, type Field, table, type Table } from '../../data/index.js'
import {
  asTransformer,
  type FitData,
  type FittedTransform,
  joinColumns,
  type ModelDocument,
  type PublicTransformer,
  type RowFunction,
  type SymbolicTable,
  symbolicTable,
  type Transform,
  type Transformer,
  uniqueNames,
} from '../contracts/index.js'
import { checkRoutes } from './check-routes.js'
import { chainRows } from './row-functions.js'
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
 * @throws {@link InvalidOptionError} when there is no route, or one that is not understood; {@link DataError} at the fit when the
 * routes take no column
 */
export function onColumns(routes: Readonly<Record<string, Route>>): PublicTransformer {
  checkRoutes(routes)
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
    async fitCore(data) {
      requireColumns(routes, data.x)
      return fitRoutes(Object.values(routes), data)
    },
  })
}

const stepsOf = (route: Route): readonly Transformer[] =>
  Array.isArray(route.use) ? (route.use as readonly Transformer[]) : [route.use as Transformer]

/** A fitted route. */
export interface FittedRoute {
  readonly columns: readonly string[]
  readonly transforms: readonly Transform[]
  /** Other names for what comes out. */
  readonly outputs?: readonly string[] | undefined
}

/**
 * Fits each route on its columns.
 *
 * @param names - what happens when two routes give a column of one name: an error, or a number is added to the second
 */
export async function fitRoutes(
  routes: readonly Route[],
  data: FitData,
  names: 'differ' | 'set-apart' = 'differ',
): Promise<FittedTransform> {
  const chosen = namedBy(routes)
  const fitted: FittedRoute[] = []
  const trainings: Table[] = []
  for (const [i, route] of routes.entries()) {
    const columns = columnsOf(route, data.x, chosen)
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
  const named = names === 'differ' ? fitted : setApart(fitted)
  return {
    transform: routesTransform(named, usedFields(data.x, fitted)),
    training: sideBySide(trainings.map((part, i) => renamed(part, named[i]!.outputs))),
  }
}

const outputsOf = ({ columns, transforms, outputs }: FittedRoute): readonly string[] =>
  outputs ?? transforms.at(-1)?.outputs ?? columns

/** Gives new names to the routes that repeat a name. */
function setApart(routes: readonly FittedRoute[]): FittedRoute[] {
  const names = uniqueNames(routes.flatMap(outputsOf))
  let at = 0
  return routes.map((route) => {
    const own = outputsOf(route)
    const outputs = names.slice(at, (at += own.length))
    return outputs.every((name, i) => name === own[i]) ? route : { ...route, outputs }
  })
}

const renamed = (x: Table, names: readonly string[] | undefined): Table =>
  names === undefined ? x : table(new Map(x.names.map((name, i) => [names[i]!, x.col(name)])))

const namedBy = (routes: readonly Route[]): ReadonlySet<string> =>
  new Set(routes.flatMap((route) => (typeof route.columns === 'string' ? [] : route.columns)))

/** @throws {@link DataError} when no route takes a column: there is nothing to prepare */
function requireColumns(routes: Readonly<Record<string, Route>>, x: Table): void {
  const named = namedBy(Object.values(routes))
  if (Object.values(routes).some((route) => columnsOf(route, x, named).length > 0)) return
  const wanted = Object.entries(routes).map(([name, { columns }]) =>
    typeof columns === 'string' ? `'${name}' (columns of type ${columns})` : `'${name}' (no columns)`,
  )
  const present = x.fields.slice(0, 8).map(({ name, type }) => `'${name}' (${type})`)
  throw new DataError(
    `onColumns: no column is taken by ${wanted.length === 1 ? 'route' : 'the routes'} ${wanted.join(', ')}; there are ${present.join(', ')}. Name columns, or another type.`,
    { routes: Object.keys(routes), columns: x.names },
  )
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

const renamedInGraph = (x: SymbolicTable, names: readonly string[] | undefined): SymbolicTable =>
  names === undefined
    ? x
    : symbolicTable(
        x.graph,
        x.columns.map((column, i) => ({ ...column, name: names[i]! })),
      )

/** All routes for one row, where each of them can. */
function routesRow(routes: readonly FittedRoute[], inputs: readonly Field[]): RowFunction | undefined {
  const available = inputs.map(({ name }) => name)
  const functions: RowFunction[] = []
  for (const { columns, transforms } of routes) {
    const chain = chainRows(transforms)
    if (chain === undefined) return undefined
    const wanted = transforms[0]?.inputs.map(({ name }) => name) ?? columns
    const places = wanted.map((name) => available.indexOf(name))
    functions.push((row) => chain(places.map((place) => row[place]!)))
  }
  return (row) => functions.flatMap((route) => route(row))
}

/** Fitted routes as one transform. */
export function routesTransform(routes: readonly FittedRoute[], inputs: readonly Field[]): Transform {
  const apply = (x: Table): Table =>
    sideBySide(
      routes.map((route) =>
        renamed(
          route.transforms.reduce((part, transform) => transform.apply(part), x.select(route.columns)),
          route.outputs,
        ),
      ),
    )
  const graphOf = (x: SymbolicTable): SymbolicTable =>
    joinColumns(
      x.graph,
      routes.map((route) =>
        renamedInGraph(
          route.transforms.reduce((part, transform) => transform.toGraph(part), x.select(route.columns)),
          route.outputs,
        ),
      ),
    )
  return Object.freeze({
    kind: 'on-columns',
    portable: leastPortable(routes.flatMap((route) => route.transforms)),
    inputs,
    outputs: routes.flatMap(outputsOf),
    apply,
    transform: async (x: Table) => apply(x),
    rowFunction: () => routesRow(routes, inputs),
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
          ...(route.outputs === undefined ? {} : { outputs: route.outputs }),
        })),
      },
    }),
  } satisfies Transform)
}
