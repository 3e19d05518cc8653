import { describe, it } from 'vitest'
import { estimatorContract } from '../../testing/index.js'
import { elasticNet, lasso, linearRegression, logisticRegression, ridge } from './index.js'

const runner = { describe, it }
for (const task of ['binary', 'multiclass'] as const) {
  estimatorContract(() => logisticRegression(), { task }, runner)
  estimatorContract(() => logisticRegression({ l1Ratio: 1, C: 2 }), { task }, runner)
  estimatorContract(() => logisticRegression({ classWeight: 'balanced' }), { task }, runner)
}
estimatorContract(() => linearRegression(), { task: 'regression' }, runner)
estimatorContract(() => ridge(), { task: 'regression' }, runner)
estimatorContract(() => lasso({ alpha: 0.01 }), { task: 'regression' }, runner)
estimatorContract(() => elasticNet({ alpha: 0.01 }), { task: 'regression' }, runner)
