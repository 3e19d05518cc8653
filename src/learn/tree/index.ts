export { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree.js'
export type { DecisionTreeClassifierOptions, DecisionTreeRegressorOptions, TreeOptions } from './options.js'
