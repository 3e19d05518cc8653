// Which engine runs: asked for, set by the environment, or the best that is there. Each is loaded once, on first use.
import { EngineMissingError, InvalidOptionError, quote } from '../../base/index.js'
import { loadNative } from './native.js'
import { telemetryOn } from './telemetry.js'
import type { Engine, EngineName } from './runtime.js'
import { loadWasm } from './wasm.js'

/** Which engine to use; `auto` is native where it works, otherwise WebAssembly. */
export type EngineChoice = 'auto' | EngineName

/** The engine that runs, and a sentence when it is not the best one. */
export interface ChosenEngine {
  readonly engine: Engine
  /** Why the fallback is in use and how to get the native engine; undefined otherwise. */
  readonly note: string | undefined
}

const packages: { readonly [Name in EngineName]: string } = {
  native: 'onnxruntime-node',
  wasm: 'modelwright',
}
const load: { readonly [Name in EngineName]: () => Promise<Engine> } = { native: loadNative, wasm: loadWasm }
const loading = new Map<EngineName, Promise<Engine>>()

/** How to get each engine, for messages and `doctor`. */
export const howToGet: { readonly [Name in EngineName]: string } = {
  // Its install script would download CUDA files, and fail the installation where it cannot.
  native: `Install it with: ${process.platform === 'win32' ? 'set ONNXRUNTIME_NODE_INSTALL=skip && ' : 'ONNXRUNTIME_NODE_INSTALL=skip '}npm install onnxruntime-node`,
  wasm: 'It is a part of modelwright: install that again with: npm install modelwright',
}

/** Loads one engine. @throws {@link EngineMissingError} when it is not installed or does not work here */
export async function loadEngine(name: EngineName): Promise<Engine> {
  let engine = loading.get(name)
  if (engine === undefined) {
    engine = load[name]()
    loading.set(name, engine)
  }
  try {
    return await engine
  } catch (error) {
    const reason = missingReason(packages[name], error)
    const install = remedyFor(name, error)
    throw new EngineMissingError(
      `The ${name} engine cannot be used: ${reason}. ${install}.`,
      { engine: name, install, reason },
      error,
    )
  }
}

function missingReason(packageName: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === telemetryOn)
    return `in this worker thread the telemetry of ${packageName} cannot be switched off any more`
  if (code === 'ERR_MODULE_NOT_FOUND') return `the package ${packageName} is not installed`
  if (code === 'MODULE_NOT_FOUND')
    return `${packageName} has no binary for ${process.platform}-${process.arch}, or its installation is incomplete`
  return `${packageName} does not load (${String(message).split('\n')[0]})`
}

const remedyFor = (name: EngineName, error: unknown): string =>
  (error as NodeJS.ErrnoException).code === telemetryOn
    ? 'Set the environment variable ORT_DISABLE_TELEMETRY=1 before the worker starts'
    : howToGet[name]

/**
 * Settles the engine. The environment variable MODELWRIGHT_ENGINE (`native` or `wasm`) decides where the caller
 * leaves it open.
 *
 * @throws {@link EngineMissingError} when the engine asked for, or any engine at all, is missing
 * @throws {@link InvalidOptionError} for another name
 */
export async function chooseEngine(choice: EngineChoice = 'auto'): Promise<ChosenEngine> {
  const wanted = choice === 'auto' ? engineOfEnvironment() : checkedName('engine', choice)
  if (wanted !== undefined) return { engine: await loadEngine(wanted), note: undefined }
  try {
    return { engine: await loadEngine('native'), note: undefined }
  } catch (error) {
    if (!EngineMissingError.is(error)) throw error
    const engine = await loadEngine('wasm')
    return {
      engine,
      note: `Running on the WebAssembly engine, which is slower: ${String(error.details['reason'])}. ${String(error.details['install'])}.`,
    }
  }
}

/** The engine where another device than the CPU is asked for: native, unless one is named. */
export const engineForDevice = (choice: EngineChoice = 'auto'): EngineChoice =>
  choice === 'auto' ? (engineOfEnvironment() ?? 'native') : choice

function engineOfEnvironment(): EngineName | undefined {
  const name = process.env['MODELWRIGHT_ENGINE']
  if (name === undefined || name === '' || name === 'auto') return undefined
  return checkedName('MODELWRIGHT_ENGINE', name)
}

function checkedName(option: string, name: string): EngineName {
  if (name === 'native' || name === 'wasm') return name
  throw new InvalidOptionError(
    `Session: ${option} must be 'auto', 'native' or 'wasm'; received ${quote(name)}.`,
    {
      option,
      expected: ['auto', 'native', 'wasm'],
      received: name,
    },
  )
}
