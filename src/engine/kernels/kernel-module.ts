// The compiled kernels and the shape of their exports. Compiled once per process, instantiated once per thread.
import { readFile } from 'node:fs/promises'
import { builtFile } from '../../base/index.js'
import { type CompiledModule, type SharedMemory, webAssembly } from './webassembly.js'

/** What the WebAssembly module offers; addresses and sizes are in bytes. */
export interface BoostingKernel {
  configure(thread: number): void
  findBins(
    samples: number,
    sampleRows: number,
    first: number,
    count: number,
    maxBins: number,
    scratch: number,
  ): void
  binRows(
    values: number,
    first: number,
    count: number,
    tiles: number,
    columns: number,
    totalRows: number,
  ): void
  boostRound(round: number): number
  finalLoss(): void
  nodesAddress(): number
  predictRows(
    values: number,
    columns: number,
    count: number,
    roots: number,
    trees: number,
    out: number,
    outputs: number,
    nodes: number,
    leafValues: number,
    thread: number,
    threads: number,
  ): void
  readonly trainLoss: { readonly value: unknown }
  readonly validationLoss: { readonly value: unknown }
}

let compiled: Promise<CompiledModule> | undefined

/** The module, compiled on first use. */
export function boostingModule(): Promise<CompiledModule> {
  compiled ??= readFile(builtFile(import.meta.url, './boosting.wasm')).then((bytes) =>
    webAssembly.compile(new Uint8Array(bytes)),
  )
  return compiled
}

/** An instance on the shared memory of a pool. */
export function instantiate(module: CompiledModule, memory: SharedMemory): BoostingKernel {
  return new webAssembly.Instance(module, { env: { memory } }).exports as unknown as BoostingKernel
}
