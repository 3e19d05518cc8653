import { describe, it } from 'vitest'
import { estimatorContract } from '../../../testing/index.js'
import { mlpClassifier, mlpRegressor } from './mlp.js'

const batched =
  'steps are taken in batches drawn by row number: other orders and repeated rows give other batches'
const skip = {
  'a row of weight 2 counts like two rows': batched,
  'the order of rows does not matter': batched,
}
const options = { hiddenLayerSizes: [16, 16], members: 4, maxEpochs: 60, learningRate: 0.01 }

for (const task of ['binary', 'multiclass'] as const)
  estimatorContract(() => mlpClassifier(options), { task, skip }, { describe, it })
estimatorContract(() => mlpRegressor(options), { task: 'regression', skip }, { describe, it })
