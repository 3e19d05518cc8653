// The little of the WebAssembly API that is used here: Node's types leave it to the browser's, which we do not load.

/** A shared memory; `buffer` must be read again after it grew. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  grow(pages: number): number
}

/** A memory of one thread, whose views the runtime accepts as tensors. */
export interface OwnMemory {
  readonly buffer: ArrayBuffer
}

declare const opaque: unique symbol
/** Compiled code; may be sent to other threads. */
export interface CompiledModule {
  readonly [opaque]: true
}

interface Api {
  readonly Memory: {
    new (limits: { initial: number; maximum: number; shared: true }): SharedMemory
    new (limits: { initial: number; maximum: number }): OwnMemory
  }
  readonly Instance: new (
    module: CompiledModule,
    imports: { env: { memory: SharedMemory | OwnMemory } },
  ) => { readonly exports: unknown }
  compile(bytes: Uint8Array): Promise<CompiledModule>
}

/** The runtime's own object, under the types above. */
export const webAssembly = (globalThis as unknown as { readonly WebAssembly: Api }).WebAssembly
