export * from './loaded-model.js'
export type { IntervalHalfWidth, Manifest } from './manifest.js'
export * from './read-bundle.js'
export * from './write-bundle.js'
