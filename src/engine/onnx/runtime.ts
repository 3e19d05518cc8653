// What the two packages of ONNX Runtime have in common, as far as we use it; and what an engine of ours is.
import type { Tensor } from './tensor.js'

/** A tensor of the runtime. Its `data` is in main memory: no other place is ever asked for. */
export interface RuntimeTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: Tensor['data']
}

/** What the runtime knows of an input or output; type and shape are absent for sequences and maps. */
export interface RuntimePort {
  readonly name: string
  readonly isTensor: boolean
  readonly type?: string
  readonly shape?: readonly (number | string)[]
}

/** A loaded model. */
export interface RuntimeSession {
  readonly inputMetadata: readonly RuntimePort[]
  readonly outputMetadata: readonly RuntimePort[]
  run(
    feeds: Record<string, RuntimeTensor>,
    options: { readonly logSeverityLevel: 4 },
  ): Promise<Record<string, RuntimeTensor>>
  /** Only the outputs named; into the tensors given where the engine fills them, new ones for null. */
  run(
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
    options: { readonly logSeverityLevel: 4 },
  ): Promise<Record<string, RuntimeTensor>>
  release(): Promise<void>
}

/** A model to load: its bytes, or its path when constants stand in files beside it. */
export interface RuntimeModel {
  readonly bytes: Uint8Array
  /** Set when the model refers to files beside it. */
  readonly external?: { readonly modelPath: string; readonly files: readonly string[] }
}

/** Where operators are computed. */
export type Device = 'cpu' | 'cuda'

/** How a model is opened. */
export interface OpenOptions {
  /** @default 'cpu' */
  readonly device?: Device | undefined
  readonly threads?: number | undefined
  /** For a step that runs again and again with nothing beside it. */
  readonly training?: boolean | undefined
}

/** One of the two engines, loaded. */
export interface Engine {
  readonly name: EngineName
  /** Version of ONNX Runtime. */
  readonly version: string
  /** Whether it writes outputs into tensors given; the WebAssembly package takes them, but writes into copies of its own. */
  readonly fillsOutputs: boolean
  readonly Tensor: new (type: string, data: Tensor['data'], dims: readonly number[]) => RuntimeTensor
  open(model: RuntimeModel, options: OpenOptions): Promise<RuntimeSession>
  /** @throws {@link EngineMissingError} when this engine cannot compute there, with the reason and what to do */
  requireDevice(device: Device): Promise<void>
  /** Runs tasks so that they cannot disturb each other. */
  schedule<Result>(task: () => Promise<Result>): Promise<Result>
}

/** `native`: the machine's own code (package onnxruntime-node); `wasm`: WebAssembly (package onnxruntime-web). */
export type EngineName = 'native' | 'wasm'
