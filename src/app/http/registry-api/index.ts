export { registryApiFace } from './registry-api-face.js'
export type * from './registry-types.js'
