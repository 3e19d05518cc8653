export type { LeakageFinding } from './finding.js'
export * from './find-leakage.js'
