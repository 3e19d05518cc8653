export { batches, type Batch, type BatchOptions, type BatchSource } from './batches.js'
export { fineTune, type FineTuneOptions, type FineTuning } from './fine-tune.js'
export * from './initializers.js'
export * from './layers/index.js'
export * from './losses.js'
export * from './network.js'
export * from './optimizers.js'
export * from './pretrained/index.js'
export * from './schedules.js'
export type { Declared, Layer, Scope } from './scope.js'
export { fitNetwork } from './train-network.js'
export type {
  FitNetworkOptions,
  FittedNetwork,
  LossFunction,
  NetworkEvent,
  Scores,
  TrainingCheckpoint,
} from './train-options.js'
export { openTrainingStep, type StepCall, type StepOptions, type TrainingStep } from './training-step.js'
export { mlpClassifier, type MlpLearned, mlpRegressor } from './tabular/mlp.js'
export type { MlpClassifierOptions, MlpOptions } from './tabular/options.js'
