// The common path of the library in one import. Heavy engines behind it are loaded when first used.
export {
  AccessError,
  ConflictError,
  ConvergenceError,
  DataError,
  EngineMissingError,
  type ErrorDetails,
  FormatError,
  InternalError,
  InvalidOptionError,
  LimitError,
  MemoryError,
  ModelwrightError,
  NotFoundError,
  OverloadError,
  SchemaMismatchError,
  ShapeError,
  StorageError,
  TimeBudgetError,
  UnknownColumnError,
  UsageError,
  type WorkEvent,
  type WorkOptions,
} from './base/index.js'
export {
  type Cell,
  type Column,
  type Field,
  fromRows,
  type Matrix,
  type ReadOptions,
  readTable,
  type Row,
  type Table,
  table,
} from './data/index.js'
export { crossValidate, modelFromJSON, train } from './doors.js'
export type { CrossValidateOptions, CrossValidation } from './evaluate/validation/index.js'
export { dummyClassifier, dummyRegressor } from './learn/baseline/index.js'
export { gradientBoostingClassifier, gradientBoostingRegressor } from './learn/boost/index.js'
export { autoPrepare, onColumns, pipeline, votingClassifier, votingRegressor } from './learn/compose/index.js'
export type {
  Classifier,
  ClassifierModel,
  FitOptions,
  Label,
  Model,
  Regressor,
  RegressorModel,
} from './learn/contracts/index.js'
export { elasticNet, lasso, linearRegression, logisticRegression, ridge } from './learn/linear/index.js'
export { decisionTreeClassifier, decisionTreeRegressor } from './learn/tree/index.js'
export {
  type LoadedClassifier,
  type LoadedModel,
  type LoadedRegressor,
  loadModel,
} from './operate/bundle/index.js'
export type { TrainOptions, TrainOutcome, TrainResult } from './operate/train/index.js'
