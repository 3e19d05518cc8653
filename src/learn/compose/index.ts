export * from './on-columns.js'
export * from './pipeline.js'
export * from './voting.js'
export * from './entries.js'
