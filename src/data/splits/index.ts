export * from './k-fold.js'
export * from './split-options.js'
export * from './train-test-split.js'
