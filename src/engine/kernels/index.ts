export { predictEnsemble, type PredictOptions } from './predict-ensemble.js'
export { predictEnsembleRow } from './predict-row.js'
export { trainBoosting } from './train-boosting.js'
export type {
  BoostingHistory,
  BoostingInput,
  BoostingObjective,
  BoostingParams,
  BoostingRows,
  KernelOptions,
  TreeEnsemble,
} from './types.js'
