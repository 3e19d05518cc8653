export * from './activations.js'
export {
  type AttentionContext,
  type AttentionLayer,
  type AttentionOptions,
  multiHeadAttention,
} from './attention.js'
export { flatten, namedLayers, residual, sequential } from './compose.js'
export * from './conv.js'
export { dense, type DenseOptions, dropout, embedding, type EmbeddingOptions } from './dense.js'
export * from './norm.js'
export * from './recurrent.js'
export * from './transformer.js'
