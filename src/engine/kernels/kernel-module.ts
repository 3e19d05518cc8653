// The compiled kernels: read and compiled once per process, instantiated once per thread.
import { readFile } from 'node:fs/promises'
import { builtFile } from '../../base/index.js'
import { type CompiledModule, webAssembly } from './webassembly.js'

let compiled: Promise<CompiledModule> | undefined

/** The module, compiled on first use. */
export function boostingModule(): Promise<CompiledModule> {
  compiled ??= readFile(builtFile(import.meta.url, './boosting.wasm')).then((bytes) =>
    webAssembly.compile(new Uint8Array(bytes)),
  )
  return compiled
}
