// The versions of the ONNX format that we write; docs/adr/0009-onnx-versions.md says why.

/** Version of the file format itself. */
export const irVersion = 8

/**
 * Operator sets that the builder may import, by domain; '' is the standard domain ai.onnx. `com.microsoft` is ONNX
 * Runtime's own: only text is cut by it, for which the standard domains have nothing.
 */
export const operatorSets = { '': 17, 'ai.onnx.ml': 3, 'com.microsoft': 1 } as const

/** The domain of an operator. */
export type OperatorDomain = keyof typeof operatorSets
