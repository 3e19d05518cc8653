// What a route asks of a key, and whether a key has it.
import type { Scope } from '../../../operate/store/index.js'
import type { RouteScope } from '../face.js'

/** What a route asks where it does not say it itself: to look is to read, all else may change something. */
export const scopeOf = (method: string, declared: RouteScope | undefined): RouteScope =>
  declared ?? (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'write')

/** Whether these scopes open a route. `predict:churn` opens prediction routes; which model is asked is checked where that is known. */
export function allows(held: readonly Scope[], needed: RouteScope): boolean {
  if (needed === 'open' || held.includes('admin')) return true
  if (needed === 'predict') return held.some((scope) => scope === 'predict' || scope.startsWith('predict:'))
  if (needed === 'read') return held.includes('read') || held.includes('write')
  return held.includes(needed)
}

/** Whether these scopes let a model be asked, or looked at on prediction routes. */
export const allowsModel = (held: readonly Scope[], model: string): boolean =>
  held.some((scope) => scope === 'admin' || scope === 'predict' || scope === `predict:${model}`)
