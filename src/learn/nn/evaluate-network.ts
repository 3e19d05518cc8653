// A network as it predicts, over batches.
import { compile, type NDArray, trace, type Spec, type Tensor, type Value } from '../../engine/graph/index.js'
import type { Batch } from './batches.js'
import { rowCount } from './batches.js'
import type { Network, Values } from './network.js'
import type { FitNetworkOptions, LossFunction, Scores } from './train-options.js'
import type { TrainingStep } from './training-step.js'

/** Judges a network in training; undefined where there is nothing to judge by. */
export interface Evaluation extends AsyncDisposable {
  validate(step: TrainingStep): Promise<Scores>
}

/** Prepares validation. */
export async function openEvaluation(
  net: Network,
  options: Pick<FitNetworkOptions, 'validation' | 'loss' | 'metrics' | 'engine' | 'threads' | 'averageDecay'>,
): Promise<Evaluation | undefined> {
  const { validation, loss, metrics = {}, averageDecay } = options
  if (validation === undefined) return undefined
  const [first] = validation()
  if (first === undefined) return undefined
  const session = {
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  }
  const compiled = await compile(outputAndLoss(net, loss, first), session)
  return {
    async validate(step) {
      const { parameters, states } = await step.snapshot(averageDecay === undefined ? 'current' : 'average')
      const params = { ...parameters, ...states }
      const outputs: Float32Array[] = []
      const given: Batch[] = []
      let sum = 0
      let rows = 0
      let width = 1
      for (const batch of validation()) {
        const found = (await compiled.run({ params, ...batch } as never)) as unknown as {
          loss: NDArray
          output: NDArray
        }
        const count = rowCount(batch)
        sum += found.loss.data[0]! * count
        rows += count
        width = found.output.data.length / count
        if (Object.keys(metrics).length === 0) continue
        outputs.push(found.output.data as Float32Array)
        given.push(batch)
      }
      const all = joined(outputs)
      const scores = Object.entries(metrics).map(([name, metric]) => [
        name,
        metric(all, joinedBatches(given), width),
      ])
      return { loss: sum / rows, ...(Object.fromEntries(scores) as Scores) }
    },
    [Symbol.asyncDispose]: () => compiled.close(),
  }
}

function outputAndLoss(net: Network, loss: LossFunction, batch: Batch) {
  const params = Object.fromEntries(
    [...net.parameters, ...net.states].map(({ path, shape }) => [path, { dtype: 'float32', shape } as Spec]),
  )
  const rows = Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: ['batch', ...shape.slice(1)] } as Spec,
    ]),
  )
  return trace(
    (input: unknown) => {
      const {
        params: values,
        x,
        ...others
      } = input as { params: Values; x: Value } & Readonly<Record<string, Tensor>>
      const output = net.apply(values, x)
      return { loss: loss(output, others as never), output }
    },
    { params, ...rows } as never,
  )
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function joinedBatches(all: readonly Batch[]): Batch {
  const [first] = all
  if (first === undefined) return {}
  return Object.fromEntries(
    Object.entries(first).map(([name, { dtype, shape }]) => {
      const parts = all.map((batch) => batch[name]!)
      const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0)
      const data = new (parts[0]!.data.constructor as Float32ArrayConstructor)(
        parts.reduce((sum, part) => sum + part.data.length, 0),
      )
      let at = 0
      for (const part of parts) {
        data.set(part.data as Float32Array, at)
        at += part.data.length
      }
      return [name, { dtype, shape: [rows, ...shape.slice(1)], data } as unknown as NDArray]
    }),
  )
}
