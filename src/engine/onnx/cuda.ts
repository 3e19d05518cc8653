// Whether the native engine can compute on an NVIDIA device here. The package comes without the CUDA libraries: its install
// script downloads them, on Linux x64 only, and our command of installation tells it not to (engines.ts).
import { EngineMissingError } from '../../base/index.js'
import { graphBuilder } from './graph-builder.js'
import type { RuntimeSession } from './runtime.js'

/** What there is to try. */
export interface CudaTrial {
  /** Version of ONNX Runtime. */
  readonly version: string
  /** Providers that the binary was built with. */
  readonly providers: readonly string[]
  /** Opens a model on the device. */
  open(model: Uint8Array): Promise<RuntimeSession>
}

/**
 * Opens the smallest model there is on the device: only the runtime knows whether libraries, driver and device fit together.
 *
 * @throws {@link EngineMissingError} when they do not
 */
export async function requireCuda({ version, providers, open }: CudaTrial): Promise<void> {
  const here = `${process.platform}-${process.arch}`
  if (!providers.includes('cuda')) {
    throw missing(
      `onnxruntime-node ${version} has no CUDA provider on ${here}, only ${providers.join(', ')}`,
      'Its CUDA provider exists on linux-x64',
    )
  }
  try {
    const session = await open(smallestModel())
    await session.release()
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.split('\n')[0]!.trim().replace(/\.$/, '') : String(error)
    throw missing(
      `the CUDA provider of onnxruntime-node ${version} does not start (${reason})`,
      'It needs an NVIDIA driver with a device, CUDA 12 with cuDNN 9, and the libraries that this installs: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node',
      error,
    )
  }
}

function missing(reason: string, remedy: string, cause?: unknown): EngineMissingError {
  const install = `${remedy}. Or compute on the CPU: device: 'cpu'`
  return new EngineMissingError(
    `The device 'cuda' cannot be used: ${reason}. ${install}.`,
    { engine: 'native', device: 'cuda', install, reason },
    cause,
  )
}

function smallestModel(): Uint8Array {
  const graph = graphBuilder({ name: 'trial' })
  graph.output('y', graph.node('Neg', [graph.input('x', 'float32', ['N'])]), 'float32', ['N'])
  return graph.build()
}
