export { saveCheckpoint } from './file.js'
export { checkFits } from './fit.js'
export {
  type CheckpointKeeper,
  type CheckpointOptions,
  latestCheckpoint,
  loadCheckpoint,
  openKeeper,
} from './folder.js'
export type { EpochRecord, Scores, TrainingCheckpoint } from './state.js'
