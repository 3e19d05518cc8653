// The shape of the kernels' exports, and an instance of them. Imports nothing at run time, so that workers start fast.
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

/** An instance on the shared memory of a pool. */
export function instantiate(module: CompiledModule, memory: SharedMemory): BoostingKernel {
  return new webAssembly.Instance(module, { env: { memory } }).exports as unknown as BoostingKernel
}
