// Foreign ONNX files. Hardly a program reads one: the tables of operators are loaded at the first call.
import { lazily } from '../../../base/index.js'

export type { FileValues, ImportedModel, ImportOptions, ModelAbout, ParameterValues } from './model.js'

/**
 * Reads an ONNX file as a function that can be run, differentiated and fine-tuned.
 *
 * @param source - the path of a file, or its bytes
 * @throws {@link FormatError} for a damaged file, one of another format, and operators that cannot be said in the graph: all
 * of them at once, with their nodes
 * @throws {@link NotFoundError} when there is no such file
 * @throws {@link ShapeError} where the sizes in the file do not go together
 * @example
 * ```ts
 * import type { Tensor } from 'modelwright/graph'
 * const file = toOnnx(trace((x) => t.matmul(x, array([[1], [2]])), spec('float32', ['batch', 2])))
 * const model = await importOnnx(file)
 * const [weight] = Object.keys(model.parameters)
 * const loss = (w: Tensor) => t.sum(model.apply({ [weight]: w }, { input: array([[3, 4]]) }).output)
 * grad(loss)(model.parameters[weight]).data // => Float32Array [3, 4]
 * model.outputs // => { output: { dtype: 'float32', shape: ['batch', 1] } }
 * ```
 */
export const importOnnx = lazily(async () => (await import('./model.js')).importOnnx)
