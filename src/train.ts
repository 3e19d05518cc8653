// `modelwright/train`: the whole way from a file to a judged bundle.
export {
  checkRecipe,
  type LeaderboardEntry,
  train,
  type TrainOptions,
  type TrainOutcome,
  type TrainRecipe,
  type TrainResult,
  type TrainSettings,
  type TrainWarning,
} from './operate/train/index.js'
