export * from './explain/index.js'
export * from './leakage/index.js'
export * from './validation/index.js'
