// The versions of the ONNX format that we write; docs/adr/0009-onnx-versions.md says why.

/** Versions of the standard operators that can be written, and the version of the file format that came with each. */
export const irVersions = {
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
  24: 12,
  25: 13,
  26: 13,
} as const

/** A version of the standard operators; 26 is the newest that both builds of ONNX Runtime 1.30 accept. */
export type OperatorSet = keyof typeof irVersions

/**
 * Operator sets that the builder may import, by domain; '' is the standard domain ai.onnx. `com.microsoft` is ONNX
 * Runtime's own: in files only text is cut by it, for which the standard domains have nothing. `com.microsoft.nchwc`, which
 * depends on the processor, is never written into files.
 */
export const operatorSets = {
  '': 17,
  'ai.onnx.ml': 3,
  'com.microsoft': 1,
  'com.microsoft.nchwc': 1,
} as const

/** The domain of an operator. */
export type OperatorDomain = keyof typeof operatorSets
