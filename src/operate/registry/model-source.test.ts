import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { smallBundle } from '../../../test/support/bundles.js'
import { testRegistry } from '../../../test/support/registries.js'
import { onBothStores } from '../../../test/support/stores.js'
import { NotFoundError, UsageError, wallClock } from '../../base/index.js'
import { createInferenceService } from '../serve/index.js'
import { registrySource } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-source-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const good = await smallBundle(folder, 'good')
const bad = await smallBundle(folder, 'bad', { alpha: 1e6 })

onBothStores('models of the registry for serving', (home) => {
  async function filled() {
    const kept = await testRegistry(home, folder)
    for (const bundle of [bad, good]) await kept.registry.register('m', bundle)
    await kept.registry.setAlias('m', 'champion', 1)
    const cache = join(folder, `${home.name}-cache-${++caches}`)
    const source = (...references: string[]) => registrySource({ ...kept, references, cache, interval: 10 })
    return { ...kept, source, cache }
  }

  test('are listed as folders, each downloaded once, with their aliases', async () => {
    const { source, registry } = await filled()
    const { list } = source('m@champion', 'm/2', 'm')
    const first = await list()
    expect(first.versions.map(({ model, version }) => `${model}/${version}`)).toEqual(['m/1', 'm/2'])
    expect(first.aliases).toEqual({ m: { champion: '1' } })
    for (const { path } of first.versions) expect(existsSync(join(path, 'model.onnx'))).toBe(true)
    expect(await list()).toEqual(first)
    // What another process has downloaded is taken as it is.
    expect(await source('m@champion', 'm/2').list()).toEqual(first)
    await registry.setAlias('m', 'champion', 2)
    expect((await source('m@champion').list()).versions).toEqual([first.versions[1]])
    await expect(source('m@nobody').list()).rejects.toSatisfy(NotFoundError.is)
    expect(() => source('m@')).toThrow(UsageError)
  })

  test('a moved alias is noticed; nothing else calls', async () => {
    const { source, registry } = await filled()
    let calls = 0
    const stop = source('m@champion').watch(() => calls++)
    await registry.setTags('m/1', { k: 'v' })
    await registry.setAlias('m', 'champion', 2)
    await vi.waitFor(() => expect(calls).toBe(1))
    await registry.rollback('m', 'champion')
    await vi.waitFor(() => expect(calls).toBe(2))
    stop()
  })

  test('a version whose files are gone fails alone', async () => {
    const { source, store, artifacts } = await filled()
    const { storageLocation } = await store.models.getVersion('m', 2)
    await artifacts.remove(storageLocation.replace('mlflow-artifacts:/', ''))
    const { versions } = await source('m/1', 'm/2').list()
    expect(versions.map(({ path }) => existsSync(path))).toEqual([true, false])
  })

  test('go from the cache when no process has needed them for a week, and nothing else does', async () => {
    const { source, cache, ...kept } = await filled()
    const first = await source('m/1').list()
    const place = first.versions[0]!.path
    const old = new Date(wallClock() - 8 * 24 * 3600_000)
    const others = ['notes.txt', '0123456789abcdef0123456789abcde', `x${'0'.repeat(32)}`]
    const left = [`.${'a'.repeat(32)}.123.partial`, `.${'b'.repeat(32)}.c`]
    for (const name of [...others, ...left]) {
      mkdirSync(join(cache, name))
      utimesSync(join(cache, name), old, old)
    }
    const download = async (): Promise<string> => {
      const { version } = await kept.registry.register('m', good)
      const { versions } = await source(`m/${version}`).list()
      return versions[0]!.path
    }
    await download()
    expect(existsSync(place)).toBe(true)
    expect(readdirSync(cache)).toEqual(expect.not.arrayContaining(left))
    expect(readdirSync(cache)).toEqual(expect.arrayContaining(others))
    // What is listed again is needed again.
    utimesSync(place, old, old)
    expect((await source('m/1').list()).versions[0]!.path).toBe(place)
    const second = await download()
    expect(existsSync(place)).toBe(true)
    // And so is what a process serves for weeks without listing it.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const serving = registrySource({ ...kept, references: ['m/1'], cache, interval: 3600_000 })
    await serving.list()
    const stop = serving.watch(() => undefined)
    for (const path of [place, second]) utimesSync(path, old, old)
    vi.advanceTimersByTime(3600_000)
    vi.useRealTimers()
    await vi.waitFor(() => expect(statSync(place).mtimeMs).toBeGreaterThan(old.getTime() + 1000))
    stop()
    await download()
    expect([existsSync(join(place, 'model.onnx')), existsSync(second)]).toEqual([true, false])
  })

  test('that several download at the same time are there for all', async () => {
    const { source } = await filled()
    const listed = await Promise.all(Array.from({ length: 4 }, () => source('m/1').list()))
    for (const list of listed) expect(list).toEqual(listed[0])
    expect(existsSync(join(listed[0]!.versions[0]!.path, 'model.onnx'))).toBe(true)
  })

  test('serving answers with the champion, and with another as soon as it is promoted', async () => {
    const { source, registry } = await filled()
    await using service = await createInferenceService({ sources: [source('m@champion')] })
    const ask = async () => {
      const { served, predictions } = await service.predictRows({ model: 'm' }, [{ size: 50, city: 'Oslo' }])
      return { version: served.version, price: predictions[0] as number }
    }
    expect((await ask()).version).toBe('1')
    await registry.setAlias('m', 'champion', 2)
    await vi.waitFor(async () => expect((await ask()).version).toBe('2'), { timeout: 10_000, interval: 50 })
    expect((await ask()).price).toBeCloseTo(160, -1)
  })
})
let caches = 0
