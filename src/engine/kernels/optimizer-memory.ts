// One WebAssembly memory for parameters, gradients and the state of an optimizer: the runtime reads parameters from it and
// writes gradients into it, and the optimizer updates in place. Its compiled code is loaded at the first call.
import { readFile } from 'node:fs/promises'
import { builtFile, formatBytes, MemoryError, outOfMemory } from '../../base/index.js'
import { type CompiledModule, type OwnMemory, webAssembly } from './webassembly.js'

/** Numbers of one parameter array, in floats from the start of each region. */
export interface ArrayPlace {
  readonly offset: number
  readonly length: number
}

/** The kernels over the memory; addresses in bytes, counts in floats. */
export interface OptimizerKernel {
  adam(p: number, g: number, m: number, v: number, count: number, ...settings: number[]): void
  sgd(p: number, g: number, m: number, count: number, ...settings: number[]): void
  rmsprop(p: number, g: number, m: number, v: number, count: number, ...settings: number[]): void
  adagrad(p: number, g: number, v: number, count: number, ...settings: number[]): void
  sumOfSquares(x: number, count: number): number
  /** 1 where all are numbers, else 0. Counts of 16. */
  allFinite(x: number, count: number): number
  mix(y: number, x: number, count: number, a: number, b: number): void
}

/** Regions of equal size, in each of which every parameter array has the same place. */
export interface OptimizerMemory {
  readonly kernel: OptimizerKernel
  readonly places: readonly ArrayPlace[]
  /** Floats of a region, padding included. */
  readonly size: number
  /** Where a region begins, in bytes. */
  address(region: number): number
  /** A whole region, or one array of it. */
  view(region: number, array?: number): Float32Array
}

let compiled: Promise<CompiledModule> | undefined

const pageBytes = 65_536
// Arrays begin at multiples of 16 floats: a cache line of 64 bytes, and no rest for the loops of four.
const alignment = 16
// 32-bit addresses reach 4 GiB.
const mostPages = 65_536

/**
 * Makes a memory for arrays of these lengths.
 *
 * @param regions - how often there is room for all of them
 * @throws {@link MemoryError} when they need more than 4 GiB, or more than the machine gives
 */
export async function optimizerMemory(lengths: readonly number[], regions: number): Promise<OptimizerMemory> {
  const places: ArrayPlace[] = []
  let size = 0
  for (const length of lengths) {
    places.push({ offset: size, length })
    size += Math.ceil(length / alignment) * alignment
  }
  const pages = Math.max(1, Math.ceil((size * 4 * regions) / pageBytes))
  compiled ??= readFile(builtFile(import.meta.url, './optimizer.wasm')).then((bytes) =>
    webAssembly.compile(new Uint8Array(bytes)),
  )
  const memory = newMemory(pages)
  const { exports } = new webAssembly.Instance(await compiled, { env: { memory } })
  const address = (region: number): number => region * size * 4
  return {
    kernel: exports as OptimizerKernel,
    places,
    size,
    address,
    view(region, array) {
      const { offset, length } = array === undefined ? { offset: 0, length: size } : places[array]!
      return new Float32Array(memory.buffer, address(region) + offset * 4, length)
    },
  }
}

function newMemory(pages: number): OwnMemory {
  const bytes = pages * pageBytes
  if (pages > mostPages)
    throw new MemoryError(
      `Parameters, gradients and optimizer state need ${formatBytes(bytes)}; training reaches 4 GiB of them. Make the network smaller, train fewer of its parameters, or choose an optimizer with less state.`,
      { bytes },
    )
  try {
    return new webAssembly.Memory({ initial: pages, maximum: pages })
  } catch (error) {
    throw outOfMemory('The array of parameters, gradients and optimizer state', bytes, error)
  }
}
