// Folds for out-of-fold encodings: rows in random order, dealt out in turn, class by class.
import type { Rng } from '../../base/index.js'
import type { Target } from '../contracts/index.js'

/** The fold of each row, 0 to k − 1; of each class (or of all rows) every fold gets as many, give or take one. */
export function dealFolds(target: Target, k: number, rng: Rng): Uint8Array {
  const codes = target.type === 'classes' ? target.codes : undefined
  const rows = target.type === 'classes' ? target.codes.length : target.values.length
  const next = new Int32Array(target.type === 'classes' ? target.classes.length : 1)
  const folds = new Uint8Array(rows)
  for (const row of rng.permutation(rows)) {
    const group = codes?.[row] ?? 0
    // Classes start at different folds, so that rare classes do not all lie in the first.
    folds[row] = (next[group]!++ + group) % k
  }
  return folds
}
