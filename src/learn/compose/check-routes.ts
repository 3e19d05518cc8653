// Whether routes say what onColumns understands: a slip would otherwise show as an error far from it.
import { closestName, InvalidOptionError, quote } from '../../base/index.js'
import type { ColumnType } from '../../data/index.js'
import type { Route } from './on-columns.js'
import { hasRole, received } from './received.js'

const types: readonly ColumnType[] = ['number', 'boolean', 'timestamp', 'string']
const known: readonly string[] = ['columns', 'use'] satisfies readonly (keyof Route)[]

/** @throws {@link InvalidOptionError} naming the route and what is wrong with it */
export function checkRoutes(routes: Readonly<Record<string, unknown>>): void {
  if (typeof routes !== 'object' || routes === null || Object.keys(routes).length === 0) {
    throw new InvalidOptionError('onColumns: expected at least one route, received none.', {
      option: 'routes',
      expected: 'at least one route',
      received: routes,
    })
  }
  for (const [name, route] of Object.entries(routes)) checkRoute(name, route)
}

function checkRoute(name: string, route: unknown): void {
  if (typeof route !== 'object' || route === null)
    throw wrong(name, 'an object of columns and use', received(route))
  for (const key of Object.keys(route)) {
    if (known.includes(key)) continue
    const closest = closestName(key, known)
    throw wrong(
      name,
      'columns and use',
      `'${key}'`,
      closest === undefined ? '' : `Did you mean '${closest}'?`,
    )
  }
  const { columns, use } = route as Record<keyof Route, unknown>
  if (!isSelection(columns)) throw wrongColumns(name, columns)
  for (const step of Array.isArray(use) ? (use as unknown[]) : [use])
    if (!hasRole(step, 'transformer')) throw wrong(name, 'transformers to use', received(step))
}

const isSelection = (columns: unknown): boolean =>
  Array.isArray(columns)
    ? columns.every((column) => typeof column === 'string')
    : types.includes(columns as ColumnType)

function wrongColumns(name: string, columns: unknown): InvalidOptionError {
  const expected = `a list of names, or one of the types ${types.map((type) => `'${type}'`).join(', ')}`
  const closest = typeof columns === 'string' ? closestName(columns, types) : undefined
  const advice = closest === undefined ? `A column is named in a list: ['…'].` : `Did you mean '${closest}'?`
  return wrong(name, `columns to be ${expected}`, quote(columns), typeof columns === 'string' ? advice : '')
}

function wrong(route: string, expected: string, got: string, advice = ''): InvalidOptionError {
  return new InvalidOptionError(
    `onColumns: route '${route}' expected ${expected}; received ${got}.${advice === '' ? '' : ` ${advice}`}`,
    { option: route, expected, received: got },
  )
}
