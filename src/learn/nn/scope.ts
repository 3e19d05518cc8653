// What a layer meets when it is called: its parameters by name, its state, randomness, and whether the network is training.
import { ConflictError, nameOf, UsageError } from '../../base/index.js'
import { formatShape, type NDArray, random, type Spec, type Tensor } from '../../engine/graph/index.js'
import type { Initializer } from './initializers.js'

/** A parameter or a state of a network. */
export interface Declared {
  /** Names of the layers that hold it, outermost first, and its own, joined by dots. */
  readonly path: string
  readonly shape: readonly number[]
  readonly initializer: Initializer
}

/** Where a layer stands in its network. */
export interface Scope {
  readonly path: string
  readonly training: boolean
  /** The parameter of this name, which is declared when it is first asked for. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Tensor
  /** Numbers that are kept but not learned, such as running means. */
  state(name: string, shape: readonly number[], initializer: Initializer): Tensor
  /** What a state becomes after this step. */
  update(name: string, value: Tensor): void
  /** A random key for this layer and this step. */
  key(): random.Key
  /** The scope of a layer inside of this one. */
  child(name: string): Scope
  /** Calls a layer in the scope of this name; summaries list it, by its kind. */
  enter(name: string, kind: string, layer: (inner: Scope) => Tensor): Tensor
}

/** Any function of a tensor and a scope is a layer. */
export type Layer = (x: Tensor, scope: Scope) => Tensor

/** The same layer, called so in summaries and in what it says of a wrong input. */
export const ofKind = <F extends (x: Tensor, scope: Scope, ...rest: never[]) => Tensor>(
  kind: string,
  layer: F,
): F => {
  const checked = (x: Tensor, scope: Scope, ...rest: never[]): Tensor => {
    requireInput(kind, x)
    return layer(x, scope, ...rest)
  }
  return Object.defineProperty(checked as unknown as F, 'name', { value: kind })
}

/** A layer that is called where it was to be named, `flatten()`, has no input. */
function requireInput(kind: string, x: unknown): void {
  if (typeof x === 'object' && x !== null && 'shape' in x) return
  throw new UsageError(
    `${kind}: its input is ${nameOf(x)}, expected a tensor. Where it has no settings it is a layer itself: write ${kind}, not ${kind}().`,
    { argument: 'x' },
  )
}

/** Where parameters come from. */
export interface ScopeSource {
  readonly training: boolean
  readonly key: random.Key | undefined
  parameter(declared: Declared): Tensor
  state(declared: Declared): Tensor
  update(path: string, value: Tensor): void
  /** Told of each layer that is entered; what it gives is told of the output. */
  enter?(path: string, kind: string): (output: Tensor) => void
}

/** The outermost scope of a call. */
export function rootScope(source: ScopeSource): Scope {
  const declared = new Map<string, readonly number[]>()
  const keys = { count: 0 }
  // A layer may ask twice for what it shares; with another size it is a clash of names.
  const declare = (path: string, shape: readonly number[]): void => {
    const before = declared.get(path)
    if (before !== undefined && before.join() !== shape.join()) {
      throw new ConflictError(
        `Network: two layers have a parameter '${path}', of shapes ${formatShape(before)} and ${formatShape(shape)}. Give each a child scope of its own.`,
        { kind: 'parameter', id: path },
      )
    }
    declared.set(path, shape)
  }
  const scopeAt = (path: string): Scope => {
    const full = (name: string): string => (path === '' ? name : `${path}.${name}`)
    const declaredAt = (name: string, shape: readonly number[], initializer: Initializer): Declared => {
      declare(full(name), shape)
      return { path: full(name), shape, initializer }
    }
    return {
      path,
      training: source.training,
      parameter: (name, shape, initializer) => source.parameter(declaredAt(name, shape, initializer)),
      state: (name, shape, initializer) => source.state(declaredAt(name, shape, initializer)),
      update: (name, value) => source.update(full(name), value),
      // Counted in the order of calls, which is the same in each step.
      key: () => random.foldIn(source.key ?? random.key(0), keys.count++),
      child: (name) => scopeAt(full(name)),
      enter(name, kind, layer) {
        const leave = source.enter?.(full(name), kind)
        const output = layer(scopeAt(full(name)))
        leave?.(output)
        return output
      },
    }
  }
  return scopeAt('')
}

/** Arrays by path. */
export type Arrays = Readonly<Record<string, NDArray<'float32'>>>

/** Copies of arrays, of memory of their own. */
export const copied = (arrays: Arrays): Arrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([path, value]) => [path, { ...value, data: value.data.slice() }]),
  )

/** What a graph is told of parameters or states. */
export const declaredSpecs = (declared: readonly Declared[]): Record<string, Spec> =>
  Object.fromEntries(declared.map(({ path, shape }) => [path, { dtype: 'float32', shape }]))
