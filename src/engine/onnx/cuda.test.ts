import { describe, expect, it } from 'vitest'
import { EngineMissingError } from '../../base/index.js'
import { requireCuda } from './cuda.js'
import { graphBuilder, openSession } from './index.js'
import type { RuntimeSession } from './runtime.js'

function model(): Uint8Array {
  const g = graphBuilder({ name: 'echo' })
  g.output('y', g.node('Neg', [g.input('x', 'float32', ['N'])]), 'float32', ['N'])
  return g.build()
}

describe('a device', () => {
  it('is the CPU unless another is asked for', async () => {
    await using session = await openSession(model())
    expect(session.device).toBe('cpu')
    await expect(openSession(model(), { device: 'gpu' as never })).rejects.toThrow(
      /openSession: option 'device' must be one of 'cpu', 'cuda'; received 'gpu'/,
    )
  })

  it('is used where it is there, and never replaced in silence where it is not', async () => {
    const opened = await openSession(model(), { device: 'cuda' }).catch((error: unknown) => error)
    if (!(opened instanceof Error)) {
      expect(opened).toMatchObject({ engine: 'native', device: 'cuda' })
      return
    }
    expect(EngineMissingError.is(opened)).toBe(true)
    expect(opened.message).toMatch(
      /^The device 'cuda' cannot be used: .*onnxruntime-node \d.*(npm rebuild onnxruntime-node|linux-x64)\. Or compute on the CPU: device: 'cpu'\.$/,
    )
  })

  it('is refused by the WebAssembly engine', async () => {
    const opened = openSession(model(), { device: 'cuda', engine: 'wasm' })
    await expect(opened).rejects.toThrow(
      "The device 'cuda' cannot be used: the WebAssembly engine computes on the CPU only. Use the native engine (engine: 'native'), or device: 'cpu'.",
    )
  })
})

describe('requireCuda', () => {
  const trial = { version: '1.2.3', providers: ['cpu', 'cuda'] }

  it('opens a model on the device and closes it again', async () => {
    let released = 0
    const release = (): Promise<void> => Promise.resolve(void released++)
    const open = (bytes: Uint8Array): Promise<RuntimeSession> =>
      bytes.length > 0
        ? Promise.resolve({ release } as RuntimeSession)
        : Promise.reject(new Error('no model'))
    await requireCuda({ ...trial, open })
    expect(released).toBe(1)
  })

  it('tells a binary without the provider from libraries or a device that are missing', async () => {
    const failing = (): Promise<never> =>
      Promise.reject(new Error('CUDA failure 100: no device is detected.\nat x'))
    await expect(requireCuda({ ...trial, providers: ['cpu', 'coreml'], open: failing })).rejects.toThrow(
      /onnxruntime-node 1\.2\.3 has no CUDA provider on \w+-\w+, only cpu, coreml\. Its CUDA provider exists on linux-x64/,
    )
    await expect(requireCuda({ ...trial, open: failing })).rejects.toThrow(
      /does not start \(CUDA failure 100: no device is detected\)\. It needs an NVIDIA driver .* ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild/,
    )
  })
})
