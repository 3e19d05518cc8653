export {
  findLearningRate,
  type FindLearningRateOptions,
  type LearningRateCurve,
  type LearningRatePoint,
} from './find-learning-rate.js'
export type { MetricFunction, NetworkMetrics } from './metric-scores.js'
export type { Monitor } from './monitor.js'
export { predictNetwork, type PredictNetworkOptions } from './predict-network.js'
export { fitNetwork } from './train-network.js'
export type {
  EpochEndEvent,
  FitNetworkOptions,
  FittedNetwork,
  LossFunction,
  NetworkEvent,
  StepEndEvent,
} from './train-options.js'
export { openTrainingStep, type StepCall, type StepOptions, type TrainingStep } from './training-step.js'
