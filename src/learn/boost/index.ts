export { gradientBoostingClassifier, gradientBoostingRegressor } from './gradient-boosting.js'
export type { BoostLearned } from './fit.js'
export type { GradientBoostingClassifierOptions, GradientBoostingOptions } from './options.js'
