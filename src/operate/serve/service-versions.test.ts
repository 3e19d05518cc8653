// Versions that come, go, change and break while requests arrive.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  pairs,
  put,
  scaling,
  temporaryFolder,
  writeHouseBundle,
} from '../../../test/support/served-models.js'
import { ConflictError, InvalidOptionError, NotFoundError, OverloadError } from '../../base/index.js'
import {
  createInferenceService,
  type InferenceService,
  type ModelSource,
  type ServiceOptions,
} from './index.js'

const root = temporaryFolder()
let folder = ''
let count = 0
beforeEach(() => {
  folder = join(root, String(count++))
  mkdirSync(folder)
})

const version = (name: string, factor: number): string =>
  put(join(folder, 'm', name, 'model.onnx'), scaling(factor))
const serve = (options: Partial<ServiceOptions> = {}): Promise<InferenceService> =>
  createInferenceService({ sources: [folder], watchInterval: 0, placement: 'thread', ...options })

/** The factor of the version that answers. */
async function factor(
  service: InferenceService,
  to: { version?: string; alias?: string } = {},
): Promise<number> {
  const { outputs } = await service.predictTensors({ model: 'm', ...to }, pairs([1, 2]))
  return (outputs['y']!.data as Float32Array)[0]!
}
const states = (service: InferenceService): string[] =>
  service.describe('m').map((one) => `${one.version} ${one.state}`)

/** Waits for something that happens by itself. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('which version answers', () => {
  it('the newest by number, one that is named, or an alias', async () => {
    for (const [name, by] of [
      ['9', 9],
      ['10', 10],
      ['1', 1],
    ] as const)
      version(name, by)
    await using service = await serve({ aliases: { m: { stable: '1' } } })
    expect(states(service)).toEqual(['1 ready', '9 unloaded', '10 ready'])
    expect(await factor(service)).toBe(10)
    expect(await factor(service, { version: '9' })).toBe(9)
    expect(await factor(service, { alias: 'stable' })).toBe(1)
    expect(service.resolve({ model: 'm' }).version).toBe('10')
    expect(service.describe('m')[0]).toMatchObject({ aliases: ['stable'], kind: 'onnx', placement: 'thread' })
    expect(service.describe('m')[0]!.inputs).toEqual([{ name: 'x', type: 'float32', shape: [-1, 2] }])
  })

  it('the champion before the newest', async () => {
    version('1', 1)
    version('2', 2)
    await using service = await serve({ aliases: { m: { champion: '1' } } })
    expect(await factor(service)).toBe(1)
    expect(states(service)).toEqual(['1 ready', '2 unloaded'])
  })

  it('none that is unknown', async () => {
    version('1', 1)
    await using service = await serve()
    await expect(service.predictTensors({ model: 'n' }, {})).rejects.toThrow(/No model 'n' is served/)
    await expect(factor(service, { version: '3' })).rejects.toThrow(/has no version '3'; it has 1/)
    await expect(factor(service, { alias: 'best' })).rejects.toThrow(NotFoundError)
    for (const name of ['__proto__', 'constructor', 'toString'])
      await expect(factor(service, { version: name })).rejects.toThrow(NotFoundError)
    expect(() => service.describe('x')).toThrow(NotFoundError)
    await expect(service.load('x')).rejects.toThrow(NotFoundError)
  })

  it('by shares of traffic where there are some, loaded as needed', async () => {
    version('1', 1)
    version('2', 2)
    await using service = await serve({ aliases: { m: { champion: '1' } } })
    service.setTraffic('m', { 1: 90, 2: 10 })
    await until(() => states(service)[1] === '2 ready')
    const answers = await Promise.all(Array.from({ length: 100 }, () => factor(service)))
    expect(answers.filter((by) => by === 2).length).toBeGreaterThanOrEqual(9)
    expect(answers.filter((by) => by === 2).length).toBeLessThanOrEqual(11)
    expect(service.traffic('m')).toEqual({ 1: 90, 2: 10 })
    expect(await factor(service, { version: '2' })).toBe(2)
    service.setTraffic('m', {})
    expect(await factor(service)).toBe(1)
    expect(() => service.setTraffic('m', { 3: 1 })).toThrow(NotFoundError)
    expect(() => service.setTraffic('m', { 1: -1 })).toThrow(InvalidOptionError)
  })
})

describe('broken files', () => {
  it('fail with a reason while others go on, and are picked up when mended', async () => {
    version('1', 1)
    put(join(folder, 'm', '2', 'model.onnx'), 'no graph at all')
    put(join(folder, 'b', 'manifest.json'), '{"format":"modelwright-bundle"')
    await using service = await serve({ watchInterval: 10 })
    expect(states(service)).toEqual(['1 unloaded', '2 failed'])
    expect(service.describe('m')[1]!.reason).toMatch(/ONNX/)
    expect(service.describe('b')[0]).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/cut off or not JSON/) as string,
    })
    expect(service.ready).toBe(false)
    expect(await factor(service)).toBe(1)
    await expect(factor(service, { version: '2' })).rejects.toThrow(OverloadError)
    await expect(factor(service, { version: '2' })).rejects.toThrow(/could not be loaded/)
    version('2', 2)
    await until(() => states(service)[1] === '2 ready')
    expect(await factor(service)).toBe(2)
    rmSync(join(folder, 'b'), { recursive: true })
    await writeHouseBundle(join(folder, 'b'))
    await until(() => service.ready)
  })

  it('put in place of a version that answers: it goes on answering, and says so', async () => {
    const path = version('1', 1)
    await using service = await serve()
    writeFileSync(path, scaling(5).subarray(0, 50))
    await expect(service.load('m')).rejects.toMatchObject({ code: 'format' })
    expect(service.describe('m')[0]).toMatchObject({
      state: 'ready',
      reason: expect.stringMatching(/ONNX/) as string,
    })
    expect(await factor(service)).toBe(1)
    writeFileSync(path, scaling(5))
    expect(await service.load('m')).toMatchObject({ state: 'ready', reason: undefined })
    expect(await factor(service)).toBe(5)
  })

  it('that end in the middle of a bundle’s graph are noticed', async () => {
    const path = await writeHouseBundle(join(folder, 'm', '1'))
    writeFileSync(join(path, 'model.onnx'), scaling(1))
    await using service = await serve()
    expect(service.describe('m')[0]!.reason).toMatch(/cut off or was changed/)
  })
})

describe('sources', () => {
  it('that are not there, or have two models of one name, are refused', async () => {
    await expect(serve({ sources: [join(folder, 'nowhere')] })).rejects.toThrow(NotFoundError)
    version('1', 1)
    await expect(serve({ sources: [folder, join(folder, 'm')] })).rejects.toThrow(ConflictError)
    await expect(serve({ surces: [] } as never)).rejects.toThrow(/did you mean 'sources'/i)
    for (const wrong of [
      { sources: 'a' },
      { batching: { maxBatch: 0 } },
      { workers: 0 },
      { preload: 'some' },
    ])
      await expect(serve(wrong as never)).rejects.toThrow(InvalidOptionError)
  })

  it('may be empty at first, and get and lose models', async () => {
    await using service = await serve({ watchInterval: 10 })
    expect(service.describe()).toEqual([])
    version('1', 1)
    await until(() => service.describe().some(({ state }) => state === 'ready'))
    expect(await factor(service)).toBe(1)
    const changes: string[] = []
    service.onChange((one) => changes.push(`${one.version} ${one.state}`))
    version('2', 2)
    await until(async () => (await factor(service)) === 2)
    rmSync(join(folder, 'm', '2'), { recursive: true })
    await until(async () => (await factor(service)) === 1)
    expect(changes).toContain('2 ready')
    rmSync(join(folder, 'm'), { recursive: true })
    await until(() => service.describe().length === 0)
    await expect(factor(service)).rejects.toThrow(/None is/)
  })

  it('of one’s own move aliases once the version answers; one that is away keeps what it had', async () => {
    const paths = { 1: version('1', 1), 2: version('2', 2), 3: put(join(folder, 'bad.onnx'), 'bad') }
    let champion = '1'
    let away = false
    let listener = (): void => {}
    let stopped = false
    const source: ModelSource = {
      list: async () => {
        if (away) throw new Error('no database')
        return {
          versions: Object.entries(paths).map(([name, path]) => ({
            model: 'm',
            version: name,
            path,
            fingerprint: path,
          })),
          aliases: { m: { champion } },
        }
      },
      watch(onChange) {
        listener = onChange
        return () => void (stopped = true)
      },
    }
    const service = await serve({ sources: [source] })
    expect(await factor(service)).toBe(1)
    champion = '2'
    listener()
    await until(async () => (await factor(service)) === 2)
    // A champion that cannot answer does not become one.
    champion = '3'
    listener()
    await until(() => service.describe('m')[2]!.state === 'failed')
    expect(await factor(service)).toBe(2)
    away = true
    listener()
    expect(await factor(service)).toBe(2)
    await service.close()
    expect(stopped).toBe(true)
  })
})

describe('loading again', () => {
  it.each(['thread', 'worker'] as const)(
    'under load in a %s drops no request and gives no wrong answer',
    async (placement) => {
      const path = version('1', 1)
      await using service = await serve({ placement, workers: 1 })
      const seen: number[] = []
      let done = false
      const caller = async (): Promise<void> => {
        while (!done) seen.push(await factor(service))
      }
      const callers = [1, 2, 3, 4].map(caller)
      for (const by of [2, 3, 4]) {
        put(`${path}.new`, scaling(by))
        renameSync(`${path}.new`, path)
        await service.load('m')
        expect(await factor(service)).toBe(by)
        await until(() => seen.includes(by))
      }
      done = true
      await Promise.all(callers)
      expect(seen.every((by) => [1, 2, 3, 4].includes(by))).toBe(true)
      expect(new Set(seen)).toEqual(new Set([1, 2, 3, 4]))
    },
  )

  it('unloads on request, until it is loaded again', async () => {
    version('1', 1)
    version('2', 2)
    await using service = await serve({ preload: 'all' })
    await service.unload('m', '2')
    expect(states(service)).toEqual(['1 ready', '2 unloaded'])
    expect(await factor(service)).toBe(1)
    await expect(factor(service, { version: '2' })).rejects.toThrow(/was unloaded/)
    await service.load('m', '2')
    expect(await factor(service)).toBe(2)
    await service.unload('m')
    await expect(factor(service)).rejects.toThrow(NotFoundError)
  })
})

describe('memory', () => {
  it('that is short has those put away that were not asked for longest, and loads them when asked', async () => {
    const size = scaling(1).length
    for (const name of ['1', '2', '3']) version(name, Number(name))
    await using service = await serve({ preload: 'none', memoryLimit: 2.5 * size })
    expect(await factor(service, { version: '1' })).toBe(1)
    expect(await factor(service, { version: '2' })).toBe(2)
    expect(await factor(service, { version: '1' })).toBe(1)
    expect(states(service)).toEqual(['1 ready', '2 ready', '3 unloaded'])
    expect(await factor(service, { version: '3' })).toBe(3)
    expect(states(service)).toEqual(['1 ready', '2 unloaded', '3 ready'])
    expect(service.ready).toBe(true)
    expect(await factor(service, { version: '2' })).toBe(2)
    expect(states(service)).toEqual(['1 unloaded', '2 ready', '3 ready'])
    // All at once, more than fit.
    const answers = await Promise.all(
      [1, 2, 3, 1, 2, 3].map((by) => factor(service, { version: String(by) })),
    )
    expect(answers).toEqual([1, 2, 3, 1, 2, 3])
  })

  it('refuses what cannot fit', async () => {
    version('1', 1)
    await using service = await serve({ memoryLimit: 10 })
    expect(service.describe('m')[0]).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/memoryLimit/) as string,
    })
  })
})

describe('closing', () => {
  it.each(['thread', 'worker'] as const)('in a %s lets requests end and takes no more', async (placement) => {
    version('1', 1)
    const service = await serve({ placement })
    const asked = Array.from({ length: 30 }, () => factor(service))
    const closed = service.close()
    await expect(factor(service)).rejects.toMatchObject({ code: 'overload', details: { reason: 'closing' } })
    expect(await Promise.all(asked)).toEqual(asked.map(() => 1))
    await closed
    await service.close()
    expect(service.ready).toBe(false)
  })

  it('waits no longer than it may', async () => {
    version('1', 1)
    const service = await serve({ drainTime: 0, placement: 'worker', batching: { maxDelay: 60_000 } })
    const asked = factor(service)
    const refused = expect(asked).rejects.toMatchObject({ code: 'overload', details: { reason: 'closing' } })
    await service.close()
    await refused
  })
})
