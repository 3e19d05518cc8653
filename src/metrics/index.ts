export type { Numbers, WeightOptions } from './checks.js'
export {
  accuracy,
  balancedAccuracy,
  cohenKappa,
  type ConfusionMatrix,
  confusionMatrix,
  type KappaOptions,
  matthewsCorrelation,
} from './label-metrics.js'
export type { KappaWeights } from './confusion.js'
export type { Label, Labels } from './labels.js'
export type { Metric } from './metric.js'
export type { MetricName } from './metric-table.js'
export { averagePrecision, type PrecisionRecallCurve, precisionRecallCurve } from './pr-curve.js'
export { f1, fBeta, type FBetaOptions, precision, type RatioOptions, recall } from './precision-recall.js'
export { brier, brierMulticlass, logLoss, logLossMulticlass } from './probability-loss.js'
export {
  type Actual,
  type ClassActual,
  type ClassPredicted,
  mostProbable,
  type Predicted,
  type PreparedScore,
  type Task,
  type ValueActual,
  type ValuePredicted,
} from './problem.js'
export { defaultMetric, findMetric, metricsFor } from './registry.js'
export {
  explainedVariance,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  medianAbsoluteError,
  r2,
  rootMeanSquaredError,
} from './regression.js'
export { type OvrOptions, rocAuc, rocAucOvr, type RocCurve, rocCurve, type RocCurveOptions } from './roc.js'
export type { ClassProbabilities, ScoreOptions } from './scored.js'
export { bootstrapInterval, type BootstrapInterval, bootstrapIntervals } from './bootstrap.js'
export {
  type CalibrationCurve,
  calibrationCurve,
  type CalibrationOptions,
  expectedCalibrationError,
} from './calibration.js'
export { cumulativeGain, type GainCurve, lift, type LiftCurve } from './gain.js'
export {
  compareFolds,
  type CompareFoldsOptions,
  pairedBootstrap,
  type PairedComparison,
} from './paired-test.js'
export type { BootstrapOptions } from './resample.js'
export {
  type ResidualBin,
  type ResidualOptions,
  residuals,
  type ResidualSpread,
  type ResidualSummary,
} from './residuals.js'
export {
  bestThreshold,
  type BestThreshold,
  type BestThresholdOptions,
  type ThresholdMetric,
  type ThresholdRow,
  thresholdTable,
  type ThresholdTableOptions,
} from './threshold.js'
