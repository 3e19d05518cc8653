// The WebAssembly engine: ONNX Runtime Web in plain Node. It needs three files of that package, a tenth of it, which the
// build copies beside this one; no network, and with one thread no workers.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtFile, EngineMissingError } from '../../base/index.js'
import type { Engine, RuntimeModel, RuntimeSession } from './runtime.js'

interface WebPackage {
  readonly Tensor: Engine['Tensor']
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<RuntimeSession>
  }
  readonly env: {
    logLevel: string
    readonly wasm: { numThreads?: number }
    readonly versions: { readonly web?: string; readonly common: string }
  }
}

/**
 * Loads the runtime.
 *
 * @throws whatever the module loader says when its files are missing
 */
export async function loadWasm(): Promise<Engine> {
  const file = builtFile(import.meta.url, './onnxruntime-web/ort.node.min.mjs')
  const runtime = (await import(pathToFileURL(file).href)) as WebPackage
  runtime.env.logLevel = 'fatal'
  // Its worker threads would keep the process alive; this engine is the fallback, not the fast one.
  runtime.env.wasm.numThreads = 1
  const schedule = queue()
  return {
    name: 'wasm',
    version: runtime.env.versions.web ?? runtime.env.versions.common,
    fillsOutputs: false,
    Tensor: runtime.Tensor,
    open: (model) =>
      schedule(async () => runtime.InferenceSession.create(model.bytes, await sessionOptions(model))),
    requireDevice: (device) => (device === 'cpu' ? Promise.resolve() : Promise.reject(noOtherDevice(device))),
    schedule,
  }
}

function noOtherDevice(device: string): EngineMissingError {
  const install = "Use the native engine (engine: 'native'), or device: 'cpu'"
  const reason = 'the WebAssembly engine computes on the CPU only'
  return new EngineMissingError(`The device '${device}' cannot be used: ${reason}. ${install}.`, {
    engine: 'wasm',
    device,
    install,
    reason,
  })
}

async function sessionOptions(model: RuntimeModel): Promise<Readonly<Record<string, unknown>>> {
  const { modelPath, files } = model.external ?? { modelPath: '', files: [] }
  const externalData = await Promise.all(
    files.map(async (path) => ({ path, data: await readFile(join(modelPath, '..', path)) })),
  )
  return { executionProviders: ['wasm'], logSeverityLevel: 4, externalData }
}

/**
 * One task after the other. All sessions share one WebAssembly stack, which the package saves before and restores
 * after a run with waits in between: two runs at once would overwrite each other's arguments.
 */
function queue(): Engine['schedule'] {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => undefined)
    return result
  }
}
