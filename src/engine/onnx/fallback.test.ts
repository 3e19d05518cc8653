import { describe, expect, it, vi } from 'vitest'
import { EngineMissingError } from '../../base/index.js'
import { engineStatus, graphBuilder, openSession } from './index.js'

// What an installation without the native package, or with a broken binary, throws when it is loaded.
vi.mock('./native.js', () => ({
  loadNative: () =>
    Promise.reject(
      Object.assign(new Error("Cannot find module '../bin/x.node'"), { code: 'MODULE_NOT_FOUND' }),
    ),
}))

function model(): Uint8Array {
  const g = graphBuilder({ name: 'echo' })
  g.output('y', g.node('Neg', [g.input('x', 'float64', ['N'])]), 'float64', ['N'])
  return g.build()
}

describe('without the native engine', () => {
  it('runs on WebAssembly and says so', async () => {
    await using session = await openSession(model())
    expect(session.engine).toBe('wasm')
    expect(session.note).toMatch(/WebAssembly.*slower.*no binary for.*npm install onnxruntime-node/)
  })

  it('does not fall back where native was asked for', async () => {
    await expect(openSession(model(), { engine: 'native' })).rejects.toThrow(EngineMissingError)
  })

  it('is told by the status', async () => {
    const status = await engineStatus()
    expect(status.inUse).toBe('wasm')
    expect(status.engines[0]).toMatchObject({ name: 'native', version: undefined })
    expect(status.engines[0]?.reason).toContain('no binary')
  })
})
