export { environment as trainingEnvironment } from './environment.js'
export type { TrainRecipe } from './recipe.js'
export { checkRecipe } from './recipe.js'
export { train, type TrainOutcome } from './train.js'
export type { TrainOptions, TrainSettings } from './train-options.js'
export type { LeaderboardEntry, TrainResult, TrainWarning } from './train-result.js'
export type {
  FinishedTraining,
  TrainingLog,
  TrainingRunOptions,
  TrainingStart,
  TrainingTracker,
} from './tracking.js'
export { poseTask } from './target-column.js'
