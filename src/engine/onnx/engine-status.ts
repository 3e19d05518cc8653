// What `doctor` tells about the engines.
import { EngineMissingError } from '../../base/index.js'
import { chooseEngine, howToGet, loadEngine } from './engines.js'
import type { EngineName } from './runtime.js'

/** One engine on this machine. */
export interface EngineState {
  readonly name: EngineName
  /** Version of ONNX Runtime; undefined when the engine cannot be used. */
  readonly version: string | undefined
  /** Why the engine cannot be used; undefined when it can. */
  readonly reason: string | undefined
  /** How to get it, as text. */
  readonly install: string
}

/** The engines on this machine and the one that would run. */
export interface EngineStatus {
  /** Undefined when there is none. */
  readonly inUse: EngineName | undefined
  /** Why a slower or no engine is in use and what to do; undefined when all is well. */
  readonly note: string | undefined
  readonly engines: readonly EngineState[]
}

/** Behind the door of this name: doors.ts. */
export async function engineStatus(): Promise<EngineStatus> {
  const engines = [await stateOf('native'), await stateOf('wasm')]
  try {
    const { engine, note } = await chooseEngine()
    return { inUse: engine.name, note, engines }
  } catch (error) {
    return { inUse: undefined, note: error instanceof Error ? error.message : String(error), engines }
  }
}

async function stateOf(name: EngineName): Promise<EngineState> {
  const install = howToGet[name]
  try {
    return { name, version: (await loadEngine(name)).version, reason: undefined, install }
  } catch (error) {
    const reason = EngineMissingError.is(error) ? String(error.details['reason']) : String(error)
    return { name, version: undefined, reason, install }
  }
}
