// What stands where a step of a pipeline, a member or a route was expected, in words.
import { quote } from '../../base/index.js'
import type { CoreEstimator, Transformer } from '../contracts/index.js'

/** The kind of a part; of a factory that was not called, its name and what was forgotten. */
export function received(part: unknown): string {
  if (typeof part === 'function') {
    const { kind, name } = part as { readonly kind?: string; readonly name: string }
    const called = kind ?? name
    return `the function ${called === '' ? '' : `'${called}' `}itself (did you forget the () behind it?)`
  }
  if (typeof part === 'object' && part !== null && 'kind' in part) return String(part.kind)
  return quote(part)
}

interface Roles {
  readonly estimator: CoreEstimator
  readonly transformer: Transformer
}

/** Whether a part is an estimator or a transformer; who writes JavaScript may give anything. */
export function hasRole<Role extends keyof Roles>(part: unknown, role: Role): part is Roles[Role] {
  return typeof part === 'object' && part !== null && 'role' in part && part.role === role
}
