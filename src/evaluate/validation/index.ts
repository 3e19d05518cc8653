export * from './cross-validate.js'
export * from './judged.js'
export * from './out-of-fold.js'
export type { Fold } from '../../data/index.js'
