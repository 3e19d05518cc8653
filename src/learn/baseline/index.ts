export * from './dummy.js'
