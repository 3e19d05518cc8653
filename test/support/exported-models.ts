// The models of test/golden/onnx_import.py, with what they gave where they were made.
import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import type { NDArray } from '../../src/engine/graph/index.js'
import { fromFile } from '../../src/engine/graph/import/held.js'
import { tensor, type Tensor } from '../../src/engine/onnx/index.js'

interface Packed {
  readonly type: 'float32' | 'float64' | 'int64'
  readonly shape: readonly number[]
  readonly data: string
}

interface Stored {
  readonly name: string
  readonly model: string
  readonly inputs: Readonly<Record<string, Packed>>
  readonly outputs: readonly Packed[]
  readonly loss?: number
  readonly gradients: Readonly<Record<string, Packed>>
}

/** A model and its reference values, in the types of files and of graphs. */
export interface ExportedModel {
  readonly name: string
  readonly bytes: Uint8Array
  readonly fed: Readonly<Record<string, Tensor>>
  readonly inputs: Readonly<Record<string, NDArray>>
  readonly outputs: readonly NDArray[]
  readonly loss: number | undefined
  readonly gradients: Readonly<Record<string, NDArray>>
}

const golden = new URL('../golden/onnx_import.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { readonly cases: readonly Stored[] }

const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array } as const

function unpacked({ type, shape, data }: Packed): Tensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  return tensor(type, new arrays[type](bytes.buffer) as never, shape) as Tensor
}

const plain = (packed: Packed): NDArray => fromFile(unpacked(packed))!

const mapped = <To>(record: Readonly<Record<string, Packed>>, f: (from: Packed) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))

export const exportedModels: readonly ExportedModel[] = cases.map((one) => ({
  name: one.name,
  bytes: inflateSync(Buffer.from(one.model, 'base64')),
  fed: mapped(one.inputs, unpacked),
  inputs: mapped(one.inputs, plain),
  outputs: one.outputs.map(plain),
  loss: one.loss,
  gradients: mapped(one.gradients, plain),
}))

/** The one of this name. */
export const exportedModel = (name: string): ExportedModel => exportedModels.find((one) => one.name === name)!
