export { predictEnsemble } from './predict-ensemble.js'
export { predictEnsembleRow } from './predict-row.js'
export { trainBoosting } from './train-boosting.js'
export type { BoostingInput, BoostingObjective, BoostingParams, BoostingRows, TreeEnsemble } from './types.js'
