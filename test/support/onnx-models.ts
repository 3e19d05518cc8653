// Models of a node or a few, written for any version of the operators, and how an import of them compares to the runtime.
import { expect } from 'vitest'
import { rng } from '../../src/base/index.js'
import { compile, importOnnx, type NDArray, type Shape } from '../../src/engine/graph/index.js'
import { fromFile } from '../../src/engine/graph/import/held.js'
import { attributeProto, type AttributeValue } from '../../src/engine/onnx/attributes.js'
import { dataTypeCode, openSession, type Tensor, tensor } from '../../src/engine/onnx/index.js'
import {
  encodeModel,
  type GraphProto,
  type NodeProto,
  toTensorProto,
} from '../../src/engine/onnx/proto/index.js'

/** Attributes of a node; graphs for branches and loops. */
export type NodeAttributes = Readonly<Record<string, AttributeValue | { readonly graph: GraphProto }>>

/** A node of a model. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  { domain = '', ...attributes }: NodeAttributes & { readonly domain?: string } = {},
): NodeProto {
  return {
    opType: operator,
    domain,
    name: `${operator}_${outputs[0]}`,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) =>
      typeof value === 'object' && 'graph' in value
        ? { name, type: 5, g: value.graph }
        : attributeProto(name, value as AttributeValue, toTensorProto),
    ),
  }
}

/** A graph for an attribute of a node. */
export const inner = (
  graph: Partial<GraphProto>,
  outputs: readonly string[],
): { readonly graph: GraphProto } => ({
  graph: {
    name: 'inner',
    ...graph,
    output: outputs.map((name) => ({ name, type: { tensorType: { elemType: 1 } } })),
  },
})

/** A model for some inputs. */
export interface ModelSource {
  readonly nodes: readonly NodeProto[]
  readonly opset: number
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly constants?: Readonly<Record<string, Tensor>>
  readonly outputs: readonly string[]
  /** Names of sizes in place of those of the inputs. */
  readonly shapes?: Readonly<Record<string, Shape>>
}

const versions: Readonly<Record<number, number>> = {
  7: 3,
  8: 3,
  9: 4,
  10: 5,
  11: 6,
  12: 7,
  13: 7,
  14: 7,
  15: 8,
}

/** Of newer operator sets: the version of the file format that came with each. */
function irVersionOf(opset: number): number {
  if (opset < 21) return opset < 19 ? 8 : 9
  return opset < 23 ? 10 : Math.min(13, opset - 12)
}

/** The bytes of a model. Types of outputs are left to the runtime. */
export function modelBytes({
  nodes,
  opset,
  inputs,
  constants = {},
  outputs,
  shapes = {},
}: ModelSource): Uint8Array {
  return encodeModel({
    irVersion: versions[opset] ?? irVersionOf(opset),
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'ai.onnx.ml', version: 3 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'test',
      node: [...nodes],
      initializer: Object.entries(constants).map(([name, value]) => toTensorProto(value, name)),
      input: Object.entries(inputs).map(([name, { type, dims }]) => ({
        name,
        type: {
          tensorType: {
            elemType: dataTypeCode[type],
            shape: {
              dim: (shapes[name] ?? dims).map((size) =>
                typeof size === 'number' ? { dimValue: size } : { dimParam: size },
              ),
            },
          },
        },
      })),
      output: outputs.map((name) => ({ name })),
    },
  })
}

const random = rng(5)

/** Numbers between two bounds, in float32. */
export const floats = (dims: readonly number[], low = -2, high = 2): Tensor => {
  const count = dims.reduce((a, b) => a * b, 1)
  return tensor(
    'float32',
    Float32Array.from({ length: count }, () => low + (high - low) * random.uniform()),
    dims,
  )
}

/** What the runtime gives for the bytes as they are. */
export async function runtimeOutputs(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, NDArray>> {
  await using session = await openSession(bytes, { engine: 'native', threads: 1 })
  const results = await session.run(inputs)
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromFile(value)!]))
}

/** Expects the import of some bytes to give what the runtime gives for them: by the reference, and written again. */
export async function expectImport(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
  tolerance = 1e-5,
): Promise<void> {
  const expected = await runtimeOutputs(bytes, inputs)
  const model = await importOnnx(bytes)
  const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, fromFile(value)!]))
  const found = model.apply({}, given) as Record<string, NDArray>
  for (const [name, array] of Object.entries(found)) expectArray(array, expected[name]!, tolerance)
  await using compiled = await compile(model.traced)
  const written = (await compiled.run(given)) as Record<string, NDArray>
  for (const [name, array] of Object.entries(written)) expectArray(array, expected[name]!, tolerance)
}

export function expectArray(found: NDArray, expected: NDArray, tolerance: number): void {
  expect(found.shape).toEqual(expected.shape)
  expect(found.dtype).toBe(expected.dtype)
  const far = Array.from(expected.data).findIndex((value, i) => {
    const other = found.data[i]!
    if (Number.isNaN(value) || Number.isNaN(other)) return Number.isNaN(value) !== Number.isNaN(other)
    return value !== other && !(Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value)))
  })
  expect(
    far < 0 ? undefined : { at: far, found: found.data[far], expected: expected.data[far] },
  ).toBeUndefined()
}
