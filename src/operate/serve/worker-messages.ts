// What threads of serving tell each other. Tensors go by the order of the graph's inputs and outputs, so that no name is sent;
// their numbers lie in one transferred piece of memory for each message.
import type { PlainError } from '../../base/index.js'
import type { EngineChoice, Port, Tensor } from '../../engine/onnx/index.js'
import type { GraphFile, OpenedGraph } from './lane.js'
import type { Tensors } from './tensor-rows.js'

/** Tensors without names and types, which both sides know. */
export interface WireTensors {
  readonly dims: readonly (readonly number[])[]
  readonly data: readonly Tensor['data'][]
}

/** What goes to the worker. */
export type LaneRequest =
  | {
      readonly type: 'open'
      readonly id: number
      readonly session: number
      readonly file: GraphFile
      readonly engine: EngineChoice | undefined
      readonly threads: number | undefined
    }
  | {
      readonly type: 'run'
      readonly id: number
      readonly session: number
      readonly runs: readonly WireTensors[]
    }
  | { readonly type: 'close'; readonly id: number; readonly session: number }
  | { readonly type: 'exit' }

/** What came of one run. */
export type WireResult = (WireTensors | { readonly error: PlainError }) & { readonly time: number }

/** What comes back. */
export type LaneResponse =
  | { readonly id: number; readonly opened: OpenedGraph }
  | { readonly id: number; readonly results: readonly WireResult[] }
  | { readonly id: number; readonly error: PlainError }
  | { readonly id: number; readonly closed: true }

/** Tensors in the order of the ports. */
export function toWire(tensors: Tensors, ports: readonly Port[]): WireTensors {
  const dims: (readonly number[])[] = []
  const data: Tensor['data'][] = []
  for (const { name } of ports) {
    const value = tensors[name]!
    dims.push(value.dims)
    data.push(value.data)
  }
  return { dims, data }
}

/** Tensors with their names and types again. */
export function fromWire({ dims, data }: WireTensors, ports: readonly Port[]): Tensors {
  const tensors = Object.create(null) as Record<string, Tensor>
  for (let i = 0; i < ports.length; i++) {
    const { name, type } = ports[i]!
    tensors[name] = { type, dims: dims[i]!, data: data[i]! } as Tensor
  }
  return tensors
}
