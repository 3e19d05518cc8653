export { predictEnsemble, trainBoosting } from './doors.js'
export { optimizerMemory, type OptimizerMemory } from './optimizer-memory.js'
export { predictEnsembleRow } from './predict-row.js'
export type { BoostingInput, BoostingObjective, BoostingParams, BoostingRows, TreeEnsemble } from './types.js'
