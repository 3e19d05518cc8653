export * from './column.js'
export * from './column-from-values.js'
export * from './matrix.js'
export * from './table.js'
