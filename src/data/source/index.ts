export * from './locate.js'
export * from './open-scan.js'
export * from './read-scan.js'
export * from './scan.js'
