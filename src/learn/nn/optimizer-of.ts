// Optimizers by their kind, so that a description can travel to another thread or into a checkpoint.
import { FormatError } from '../../base/index.js'
import { adagrad, adam, adamW, type Optimizer, rmsprop, sgd } from './optimizers.js'

const makers: Readonly<Record<string, (options: never) => Optimizer>> = {
  adagrad,
  adam,
  'adam-w': adamW,
  rmsprop,
  sgd,
}

/** An optimizer as plain data. */
export interface OptimizerDocument {
  readonly kind: string
  readonly options: Readonly<Record<string, number | boolean>>
}

/** @throws {@link FormatError} for a kind that is not known here */
export function optimizerOf({ kind, options }: OptimizerDocument): Optimizer {
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined
  if (make !== undefined) return make(options as never)
  throw new FormatError(`There is no optimizer '${kind}'; known are ${Object.keys(makers).join(', ')}.`, {
    format: 'checkpoint',
  })
}
