export {
  type CheckpointOptions,
  type EpochRecord,
  loadCheckpoint,
  saveCheckpoint,
  type Scores,
  type TrainingCheckpoint,
} from './checkpoints/index.js'
export { importedLayer, type ImportedLayerOptions } from './imported-layer.js'
export type { Trainable } from './trainable.js'
export { fineTune, type FineTuneOptions, type FineTuning } from './fine-tune.js'
export * from './initializers.js'
export * from './layers/index.js'
export * from './losses.js'
export * from './network.js'
export * from './optimizers.js'
export * from './pretrained/index.js'
export * from './schedules.js'
export type { Declared, Layer, Scope } from './scope.js'
export {
  type Batch,
  type Batches,
  batches,
  type BatchFunction,
  type BatchOptions,
  type BatchSource,
  folderBatches,
  type FolderBatches,
  type FolderBatchOptions,
  type RowBatches,
  tableBatches,
  type TableBatches,
  type TableBatchOptions,
} from './sources/index.js'
export { type NetworkSummary, summary, type SummaryLayer } from './summary.js'
export * from './training/index.js'
export { mlpClassifier, type MlpLearned, mlpRegressor } from './tabular/mlp.js'
export type { NumericEmbeddings } from './tabular/numeric-embeddings.js'
export type { MlpClassifierOptions, MlpOptions } from './tabular/options.js'
