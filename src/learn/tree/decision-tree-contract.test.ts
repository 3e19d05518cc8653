import { describe, it } from 'vitest'
import { estimatorContract } from '../../testing/index.js'
import { decisionTreeClassifier, decisionTreeRegressor } from './index.js'

const runner = { describe, it }
for (const task of ['binary', 'multiclass'] as const) {
  estimatorContract(() => decisionTreeClassifier(), { task }, runner)
  estimatorContract(
    () => decisionTreeClassifier({ criterion: 'entropy', classWeight: 'balanced', maxLeafNodes: 12 }),
    { task },
    runner,
  )
}
estimatorContract(() => decisionTreeRegressor(), { task: 'regression' }, runner)
estimatorContract(
  () => decisionTreeRegressor({ maxDepth: 5, ccpAlpha: 0.01, maxFeatures: 2 }),
  { task: 'regression' },
  runner,
)
