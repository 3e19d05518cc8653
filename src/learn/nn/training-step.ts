// One step of training: the runtime computes loss and gradients from parameters that lie in the optimizer's memory, and the
// optimizer updates them there. Nothing is copied but the gradients, once, by the runtime.
import { gradientsOf, type NDArray, toOnnx, type Traced, type Tree } from '../../engine/graph/index.js'
import { optimizerMemory } from '../../engine/kernels/index.js'
import { openSession, type SessionOptions, type Tensor } from '../../engine/onnx/index.js'
import { gradientRegion, type Optimizer, parameterRegion } from './optimizers.js'

/** How a step is made. */
export interface StepOptions extends SessionOptions {
  readonly optimizer: Optimizer
  /** The value of each parameter to begin with, by its path. */
  readonly parameters: Readonly<Record<string, NDArray<'float32'>>>
  /** Whether weight decay applies to a parameter. @default those of two axes and more: neither biases nor norms */
  readonly decays?: (path: string, shape: readonly number[]) => boolean
}

/** A network in training. Close it when done; `await using` does. */
export interface TrainingStep extends AsyncDisposable {
  readonly engine: string
  /** Parameters as they are now, by path; views of the memory in which they change. */
  readonly parameters: Readonly<Record<string, NDArray<'float32'>>>
  /** Gradients of the last step, by path. */
  readonly gradients: Readonly<Record<string, NDArray<'float32'>>>
  /** Computes loss and gradients, then updates the parameters. Gives the loss before the update. */
  step(
    batch: Readonly<Record<string, NDArray>>,
    options?: { readonly learningRate?: number },
  ): Promise<number>
  close(): Promise<void>
}

/**
 * Prepares training of a traced loss.
 *
 * @param traced - a function of { params, …batch } that gives one float
 */
export async function openTrainingStep(
  traced: Traced<{ readonly params: Tree<unknown> }, unknown>,
  options: StepOptions,
): Promise<TrainingStep> {
  const { optimizer, parameters: initial } = options
  const paths = Object.keys(initial)
  const shapes = paths.map((path) => initial[path]!.shape)
  const memory = await optimizerMemory(
    paths.map((path) => initial[path]!.data.length),
    2 + optimizer.states,
  )
  const arrays = (region: number): Record<string, NDArray<'float32'>> =>
    Object.fromEntries(
      paths.map((path, i) => [
        path,
        { dtype: 'float32' as const, shape: shapes[i]!, data: memory.view(region, i) },
      ]),
    )
  const parameters = arrays(parameterRegion)
  const gradients = arrays(gradientRegion)
  for (const path of paths) parameters[path]!.data.set(initial[path]!.data)
  const bytes = toOnnx(gradientsOf(traced, 'params'), { portable: false })
  const session = await openSession(bytes, { ...options, training: true })
  const decays = paths.map((path, i) => (options.decays ?? defaultDecays)(path, shapes[i]!))
  const loss = new Float32Array(1)
  const fixed = prefixed('params', parameters)
  const outputs = {
    value: tensorOf({ dtype: 'float32', shape: [], data: loss }),
    ...prefixed('grads', gradients),
  }
  let steps = 0
  return {
    engine: session.engine,
    parameters,
    gradients,
    async step(batch, { learningRate = optimizer.learningRate } = {}) {
      const feeds = {
        ...fixed,
        ...Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, tensorOf(value)])),
      }
      await session.bind(feeds, outputs)()
      optimizer.update(memory, { step: ++steps, learningRate, gradientScale: 1, decays })
      return loss[0]!
    },
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
}

const defaultDecays = (_: string, shape: readonly number[]): boolean => shape.length >= 2

const tensorOf = ({ dtype, shape, data }: NDArray): Tensor => ({ type: dtype, dims: shape, data }) as Tensor

const prefixed = (prefix: string, arrays: Readonly<Record<string, NDArray>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(arrays).map(([path, value]) => [`${prefix}.${path}`, tensorOf(value)]))
