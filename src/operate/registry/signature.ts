// What a version takes and gives, as it is kept with it.
import type { Field } from '../../data/index.js'
import type { Label } from '../../learn/contracts/index.js'
import type { Task } from '../../metrics/index.js'
import type { Manifest } from '../bundle/index.js'
import type { ModelVersion } from '../store/index.js'

export interface ModelSignature {
  readonly task: Task
  /** The column that it predicts. */
  readonly target: string
  readonly inputs: readonly Field[]
  /** Names of outputs of the graph. */
  readonly outputs: readonly string[]
  /** By code; empty for regression. */
  readonly classes: readonly Label[]
}

/** The signature of a bundle. */
export function signatureOf({ task, target, signature, classes }: Manifest): ModelSignature {
  const { prediction, probabilities } = signature.outputs
  return {
    task,
    target,
    inputs: signature.inputs,
    outputs: task === 'regression' ? [prediction] : [prediction, probabilities],
    classes,
  }
}

/** The signature of a version; undefined where it is no bundle of ours. */
export const signatureIn = ({ signature }: ModelVersion): ModelSignature | undefined =>
  signature as ModelSignature | undefined
