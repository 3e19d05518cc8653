export type { Batch, Batches } from './batch.js'
export {
  batchCountOf,
  type BatchFunction,
  type BatchSource,
  firstOf,
  isOnce,
  openPass,
} from './batch-source.js'
export { batches, type BatchOptions, batchSpecs, type RowBatches, rowCount } from './batches.js'
export { folderBatches, type FolderBatches, type FolderBatchOptions } from './folder-batches.js'
export type { Pass } from './pass.js'
export { tableBatches, type TableBatches, type TableBatchOptions } from './table-batches.js'
