export { ServingError, type ServingErrorFields } from './client-error.js'
export { clientTypes, type DescribedModel } from './client-types.js'
export { type Client, connect, type ConnectOptions, type PredictOptions } from './connect.js'
export type * from './model-types.js'
