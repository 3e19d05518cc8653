export * from './judged.js'
export * from './out-of-fold.js'
