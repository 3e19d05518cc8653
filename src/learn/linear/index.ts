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
