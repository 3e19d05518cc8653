// What a published architecture is to the loader: a layer made of its config.json, and the names of its tensors.
import type { Spec } from '../../../engine/graph/index.js'
import type { Layer } from '../scope.js'
import type { ConfigFields } from './config.js'

/**
 * What a network gives: hidden states or maps, a vector of the whole, scores of classes for the whole or for each token, or scores
 * of words for each token.
 */
export type PretrainedHead = 'hidden' | 'pooled' | 'classifier' | 'tokens' | 'language'

/** Sizes of inputs that a config.json leaves open. */
export interface InputSizes {
  /** How many tokens a text has. @default known only when it runs */
  readonly length?: number
  /** Height and width of images. @default of config.json, otherwise 224 */
  readonly imageSize?: number
}

/** What a config is read for. */
export interface Wanted extends InputSizes {
  readonly head: PretrainedHead
}

/** An architecture, with the names that Hugging Face gives to its tensors. */
export interface Architecture {
  /** Before the names of all tensors but those of heads; some files leave it out. */
  readonly prefix: string
  /** The head of each class of their library. */
  readonly heads: Readonly<Record<string, PretrainedHead>>
  describe(fields: ConfigFields, wanted: Wanted): { readonly layer: Layer; readonly input: Spec }
  /**
   * Names of layers, ours to theirs; `*` is a number. Of several of theirs, ours holds one after the other. The last part of a
   * name, such as weight or bias, is the same on both sides unless a name is given whole.
   */
  readonly names: Readonly<Record<string, string | readonly string[]>>
  /** Which of theirs are stored the other way round: [inputs, outputs]. */
  readonly transposed?: RegExp
  /** Which of theirs are zeros where a file does not have them. */
  readonly zeros?: RegExp
  /** Which of theirs are of no use here: buffers, and heads that are not asked for. */
  readonly ignored: RegExp
}
