export type { LinearLearned, LogisticLearned } from './linear-model.js'
export { logisticRegression, type LogisticRegressionOptions } from './logistic-regression.js'
export {
  elasticNet,
  type ElasticNetOptions,
  lasso,
  type LassoOptions,
  linearRegression,
  type LinearRegressionOptions,
  ridge,
  type RidgeOptions,
} from './regression.js'
