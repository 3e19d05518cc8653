export * from './array.js'
export { vmap, type VmapOptions } from './batching/index.js'
export { allClose, type CloseOptions } from './all-close.js'
export * from './creation.js'
export { compile, type Compiled, type OnnxFileOptions, toOnnx, writeOnnx } from './compile.js'
export { customGradient, type GradientInputs } from './custom-gradient.js'
export { grad, type GradOptions, type GradientResult, gradientsOf, valueAndGrad } from './differentiate.js'
export type { Dim, Shape } from './dims.js'
export { emitInto } from './emit/index.js'
export * from './files/index.js'
export {
  type FileValues,
  importOnnx,
  type ImportedModel,
  type ImportOptions,
  type ModelAbout,
  type ParameterValues,
} from './import/index.js'
export { jit, type Jitted } from './jit.js'
export * as linalg from './linalg/index.js'
export { repeat, scan, type ScanOptions } from './loops.js'
export * as t from './operations/index.js'
export { formatGraph } from './print.js'
export * as random from './random.js'
export { named, spec, trace, type Traced } from './trace.js'
export type { Concrete, MapLeaves, Tree } from './tree.js'
export type { Graph, Spec, Tensor, Value } from './value.js'
export { whileLoop } from './while-loop.js'
