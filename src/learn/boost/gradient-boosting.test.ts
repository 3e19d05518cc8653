import { describe, it } from 'vitest'
import { estimatorContract } from '../../testing/index.js'
import { gradientBoostingClassifier, gradientBoostingRegressor } from './index.js'

// Gradients are rounded to 16 bits by a hash of the row number, and bins are cut from the rows in order: other
// orders and repeated rows give trees that differ a little.
const rounded = 'gradients are rounded by row number, so the trees differ within that rounding'
const options = { nEstimators: 60, minSamplesLeaf: 5 }
const skip = {
  'a row of weight 2 counts like two rows': rounded,
  'the order of rows does not matter': rounded,
}

for (const task of ['binary', 'multiclass'] as const) {
  estimatorContract(() => gradientBoostingClassifier(options), { task, skip }, { describe, it })
}
estimatorContract(() => gradientBoostingRegressor(options), { task: 'regression', skip }, { describe, it })
