// A network as it predicts, over batches.
import {
  compile,
  dataClass,
  type NDArray,
  sizeOf,
  type Tensor,
  trace,
  type Value,
} from '../../engine/graph/index.js'
import { type Batch, batchSpecs, rowCount } from './batches.js'
import type { Network, Values } from './network.js'
import { declaredSpecs } from './scope.js'
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
      const outputs: NDArray[] = []
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
        outputs.push(found.output)
        given.push(batch)
      }
      if (outputs.length === 0) return { loss: sum / rows }
      const [output, batch] = [joined(outputs), joinedBatches(given)]
      const scores = Object.entries(metrics).map(([name, metric]) => [
        name,
        metric(output.data as Float32Array, batch, width),
      ])
      return { loss: sum / rows, ...(Object.fromEntries(scores) as Scores) }
    },
    [Symbol.asyncDispose]: () => compiled.close(),
  }
}

function outputAndLoss(net: Network, loss: LossFunction, batch: Batch) {
  const params = declaredSpecs([...net.parameters, ...net.states])
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
    { params, ...batchSpecs(batch) } as never,
  )
}

/** Arrays one after the other, along their first axis. */
function joined(parts: readonly NDArray[]): NDArray {
  const { dtype, shape } = parts[0]!
  const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0)
  const data = new dataClass[dtype](rows * sizeOf(shape.slice(1)))
  let at = 0
  for (const part of parts) {
    data.set(part.data as never, at)
    at += part.data.length
  }
  return { dtype, shape: [rows, ...shape.slice(1)], data } as NDArray
}

const joinedBatches = (all: readonly Batch[]): Batch =>
  Object.fromEntries(Object.keys(all[0]!).map((name) => [name, joined(all.map((batch) => batch[name]!))]))
