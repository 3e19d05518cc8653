export { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree.js'
export type { TreeLearned } from './learned.js'
export type { DecisionTreeClassifierOptions, DecisionTreeRegressorOptions, TreeOptions } from './options.js'
