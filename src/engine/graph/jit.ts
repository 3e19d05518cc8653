// Functions that are traced and compiled when they are called, once for each form of their arguments.
import type { SessionOptions } from '../onnx/index.js'
import type { NDArray } from './array.js'
import { compile, type Compiled } from './compile.js'
import { isSpec, trace, type Traced } from './trace.js'
import { type Concrete, flattenTree, type Tree, unflattenTree } from './tree.js'
import { formatSpec, type Tensor } from './value.js'

/** A function that runs compiled. Close it when done; `await using` does. */
export interface Jitted<Args extends readonly Tree<Tensor>[], Out> extends AsyncDisposable {
  (...args: { readonly [K in keyof Args]: Args[K] }): Promise<Concrete<readonly Tree<NDArray>[], Out>>
  close(): Promise<void>
}

/**
 * A function that is traced at the first call for arrays of these shapes and types, and from then on runs on ONNX Runtime.
 *
 * Each new form of the arguments is compiled once more, which takes milliseconds to seconds; where the batch changes, trace with a
 * name for its size and use {@link compile}. Numbers that the function closes over are those of the first call.
 *
 * @throws {@link ShapeError} where operands do not go together, with the line of the function
 * @throws {@link EngineMissingError} when there is no runtime
 * @example
 * ```ts
 * import type { Tensor } from 'modelwright/graph'
 * await using slope = jit(grad((x: Tensor) => t.sum(t.square(x))))
 * const { data } = await slope(array([1, 2, 3]))
 * data // => Float32Array [2, 4, 6]
 * ```
 */
export function jit<Args extends readonly Tree<Tensor>[], Out>(
  f: (...args: Args) => Out,
  options: SessionOptions = {},
): Jitted<Args, Out> {
  const compiled = new Map<string, Promise<Compiled<unknown, unknown>>>()
  const run = async (...args: Args): Promise<unknown> => {
    const { leaves, paths, shape } = flattenTree<Tensor>(args as Tree<Tensor>, isSpec)
    const specs = leaves.map(({ dtype, shape: sizes }) => ({ dtype, shape: sizes }))
    const form = specs.map((spec, i) => `${paths[i]}:${formatSpec(spec)}`).join(';')
    let known = compiled.get(form)
    if (known === undefined) {
      const traced = trace((input: unknown) => f(...(input as Args)), unflattenTree(shape, specs) as never)
      known = compile(traced as Traced, options)
      compiled.set(form, known)
      // What failed once may be tried again.
      known.catch(() => compiled.delete(form))
    }
    return (await known).run(args as never)
  }
  const close = async (): Promise<void> => {
    for (const one of compiled.values()) await (await one).close()
    compiled.clear()
  }
  return Object.assign(run, { close, [Symbol.asyncDispose]: close }) as unknown as Jitted<Args, Out>
}
