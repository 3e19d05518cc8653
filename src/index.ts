// The common path of the library in one import. Heavy engines behind it are loaded when first used.
export {
  ConflictError,
  ConvergenceError,
  DataError,
  EngineMissingError,
  type ErrorDetails,
  FormatError,
  InternalError,
  InvalidOptionError,
  ModelwrightError,
  NotFoundError,
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
export { dummyClassifier, dummyRegressor } from './learn/baseline/index.js'
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
export { modelFromJSON } from './learn/load-model.js'
export {
  type LoadedClassifier,
  type LoadedModel,
  type LoadedRegressor,
  loadModel,
} from './operate/bundle/index.js'
