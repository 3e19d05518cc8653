// The native engine: package onnxruntime-node, an optional dependency whose binary may be absent or not fit the machine.
import { requireCuda } from './cuda.js'
import type { Engine, OpenOptions, RuntimeModel, RuntimeSession } from './runtime.js'
import { switchTelemetryOff } from './telemetry.js'

interface NativePackage {
  readonly Tensor: Engine['Tensor']
  readonly InferenceSession: {
    create(model: Uint8Array | string, options: Readonly<Record<string, unknown>>): Promise<RuntimeSession>
  }
  /** Providers that the binary was built with; those that are not bundled need libraries beside it. */
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[]
  readonly env: { logLevel: string; readonly versions: { readonly node?: string; readonly common: string } }
}

/**
 * Loads the package.
 *
 * @throws whatever the module loader says when the package or its binary is missing
 */
export async function loadNative(): Promise<Engine> {
  switchTelemetryOff()
  // A name in a variable, because the compiler must not ask for a package that may be absent.
  const name = 'onnxruntime-node'
  const loaded = (await import(name)) as { default: NativePackage }
  const runtime = loaded.default
  // The runtime prints warnings on standard error otherwise; what matters arrives as an error.
  runtime.env.logLevel = 'fatal'
  const version = runtime.env.versions.node ?? runtime.env.versions.common
  let cuda: Promise<void> | undefined
  return {
    name: 'native',
    version,
    fillsOutputs: true,
    Tensor: runtime.Tensor,
    open: (model, options) => runtime.InferenceSession.create(...sessionArguments(model, options)),
    async requireDevice(device) {
      if (device === 'cpu') return
      cuda ??= requireCuda({
        version,
        providers: runtime.listSupportedBackends().map(({ name: provider }) => provider),
        open: (model) => runtime.InferenceSession.create(...sessionArguments({ bytes: model }, { device })),
      })
      await cuda
    },
    // A run is one synchronous call in a turn of its own: runs cannot overlap.
    schedule: (task) => task(),
  }
}

function sessionArguments(
  model: RuntimeModel,
  { device = 'cpu', threads, training = false }: OpenOptions,
): [Uint8Array | string, Readonly<Record<string, unknown>>] {
  return [
    model.external?.modelPath ?? model.bytes,
    {
      executionProviders: [device],
      logSeverityLevel: 4,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      // Of convolutions whose weights are inputs, layouts for constant weights make only work.
      ...(training ? { graphOptimizationLevel: 'extended' } : {}),
      // Threads that spin while they wait would take the cores from the kernels and from other requests; in training
      // there are none, and waking them for each of hundreds of operators is a tenth of a step.
      extra: { session: { intra_op: { allow_spinning: training ? '1' : '0' } } },
    },
  ]
}
