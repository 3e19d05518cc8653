export * from './learning-curve.js'
export * from './permutation-importance.js'
export * from './slices.js'
