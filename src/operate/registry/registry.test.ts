import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { houses, smallBundle } from '../../../test/support/bundles.js'
import { testRegistry } from '../../../test/support/registries.js'
import { onBothStores } from '../../../test/support/stores.js'
import { ConflictError, FormatError, NotFoundError, UsageError } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { loadModel } from '../bundle/index.js'
import type { Lineage } from './index.js'
import type { Verdict } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-registry-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const good = await smallBundle(folder, 'good')
const fair = await smallBundle(folder, 'fair', { alpha: 30 })
const bad = await smallBundle(folder, 'bad', { alpha: 1e6 })
const narrow = await smallBundle(folder, 'narrow', { columns: ['size'] })
const classifier = await smallBundle(folder, 'classifier', { classifier: true })
const holdout = fromRows(houses(200, 1000).map(({ size, city, price }) => ({ size, city, price })))

/** The verdict that a refused promotion carries. */
async function refusal(promotion: Promise<unknown>): Promise<Verdict> {
  const error = await promotion.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toSatisfy(ConflictError.is)
  const { details } = error as ConflictError
  expect(details['kind']).toBe('promotion')
  return details['verdict'] as Verdict
}

onBothStores('the registry', (home) => {
  test('a bundle becomes a version with signature and lineage, and comes back as it was', async () => {
    const { registry, store } = await testRegistry(home, folder)
    const { runId } = await store.runs.create({
      experimentId: '0',
      name: 'fit',
      tags: { 'mlflow.source.git.commit': 'c0ffee' },
    })
    await store.logging.batch(runId, { params: { alpha: '0.01' } })
    const options = {
      aliases: ['champion'],
      tags: { team: 'blue' },
      description: 'the first',
      runId,
      userId: 'ada',
    }
    const version = await registry.register('houses', good, options)
    expect(version).toMatchObject({
      version: 1,
      aliases: ['champion'],
      tags: { team: 'blue' },
      userId: 'ada',
      runId,
      description: 'the first',
    })
    expect(version.signature).toMatchObject({ task: 'regression', target: 'price', classes: [] })
    expect(version.lineage as Lineage).toMatchObject({
      run: { runId, params: { alpha: '0.01' } },
      code: { commit: 'c0ffee' },
      data: { hash: 'abc123', rows: 120 },
    })
    expect((version.lineage as Lineage).parent).toBeUndefined()
    const second = await registry.register('houses', fair)
    expect((second.lineage as Lineage).parent).toBe(1)
    const place = join(folder, `${home.name}-back`)
    expect(await registry.download('houses@champion', place)).toEqual({ path: place, kind: 'bundle' })
    expect(readFileSync(join(place, 'model.onnx'))).toEqual(readFileSync(join(good, 'model.onnx')))
    await expect(registry.download('houses/1', place)).rejects.toSatisfy(ConflictError.is)
    await using model = await loadModel(place)
    expect(await model.predictRow({ size: 50, city: 'Oslo' })).toBeCloseTo(160, -1)
  })

  test('a version is found by number, alias, name and the addresses of MLflow', async () => {
    const { registry } = await testRegistry(home, folder)
    for (const bundle of [good, fair, bad]) await registry.register('m', bundle)
    const found = async (reference: string) => (await registry.resolve(reference)).version
    expect(await found('m')).toBe(3)
    await registry.setAlias('m', 'champion', 1)
    await registry.setAlias('m', 'challenger', 2)
    for (const [reference, version] of [
      ['m', 1],
      ['m/2', 2],
      ['m/latest', 3],
      ['m@challenger', 2],
      ['m@latest', 3],
      ['models:/m/3', 3],
      ['models:/m@champion', 1],
    ] as const)
      expect([reference, await found(reference)]).toEqual([reference, version])
    for (const missing of ['m/9', 'm@nobody', 'other', 'm@constructor'])
      await expect(registry.resolve(missing)).rejects.toSatisfy(NotFoundError.is)
    for (const odd of ['', 'm/', 'm@', 'm/0', 'm/-1', 'm/1e3', 'm/1/2', '@a', 'm@a@b', '../m'])
      await expect(registry.resolve(odd), odd).rejects.toSatisfy(UsageError.is)
  })

  test('what is no whole bundle, and what may not be a name, leaves nothing behind', async () => {
    const { registry } = await testRegistry(home, folder)
    const torn = await smallBundle(folder, `${home.name}-torn`)
    appendFileSync(join(torn, 'model.onnx'), 'x')
    await expect(registry.register('m', torn)).rejects.toSatisfy(FormatError.is)
    await expect(registry.register('m', join(folder, 'nowhere'))).rejects.toSatisfy(NotFoundError.is)
    await expect(registry.register('m', { run: 'f'.repeat(32) })).rejects.toSatisfy(NotFoundError.is)
    await expect(registry.register('m', good, { runId: 'none' })).rejects.toSatisfy(NotFoundError.is)
    await expect(registry.register('m', `runs:/${'f'.repeat(32)}/x`)).rejects.toThrow(/has no bundle 'x'/)
    for (const name of ['', ' ', 'a/b', 'a:b', 'a@b', '..', 'x'.repeat(300), 'a\nb'])
      await expect(registry.register(name, good), name).rejects.toSatisfy(UsageError.is)
    for (const alias of ['latest', 'LATEST', 'v1', 'V22', 'a b', '', 'a/b'])
      await expect(registry.register('m', good, { aliases: [alias] }), alias).rejects.toSatisfy(UsageError.is)
    await expect(registry.model('m')).rejects.toSatisfy(NotFoundError.is)
  })

  test('a version of which bytes were changed in the artifacts is not given out', async () => {
    const { registry, store, artifacts, blobs } = await testRegistry(home, folder)
    await registry.register('m', good)
    const root = (await store.models.getVersion('m', 1)).storageLocation.replace('mlflow-artifacts:/', '')
    const { hash } = (await artifacts.find(root, 'model.onnx'))!
    const blob = readdirSync(blobs, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith(hash),
    )!
    const bytes = readFileSync(join(blobs, blob))
    bytes[100]! ^= 1
    chmodSync(join(blobs, blob), 0o644)
    writeFileSync(join(blobs, blob), bytes)
    const place = join(folder, `${home.name}-changed`)
    await expect(registry.download('m/1', place)).rejects.toSatisfy(FormatError.is)
    expect(existsSync(place)).toBe(false)
    // The next version has the same bytes, and brings the blob back.
    await artifacts.blobs.delete(hash)
    await registry.register('m', good)
    expect((await registry.download('m/2', place)).kind).toBe('bundle')
  })

  describe('a gate', () => {
    test('lets the first in without a rival, then only who surely beats the champion', async () => {
      const { registry } = await testRegistry(home, folder)
      for (const bundle of [bad, good, fair]) await registry.register('m', bundle)
      const first = await registry.promote('m', { version: 1 })
      expect(first).toMatchObject({ forced: false, version: { version: 1, aliases: ['champion'] } })
      expect(first.verdict.sentence).toBe(
        "Version 1 of model 'm' may become 'champion', the first of its kind.",
      )
      const second = await registry.promote('m', { version: 2, data: holdout, userId: 'ada' })
      const { gain, data, checks } = second.verdict
      expect(gain!.low).toBeGreaterThan(0)
      expect(gain!.gain).toBeCloseTo(gain!.champion - gain!.challenger)
      expect(data).toMatchObject({ source: 'a table', rows: 200 })
      expect(checks.map(({ rule, passed }) => [rule, passed])).toEqual([
        ['compatible', true],
        ['mustBeat', true],
      ])
      const verdict = await refusal(registry.promote('m', { version: 3, data: holdout }))
      expect(verdict).toMatchObject({ passed: false, champion: 2, challenger: 3, metric: 'rmse' })
      expect(verdict.gain!.high).toBeLessThan(0)
      expect(verdict.sentence).toMatch(
        /^Version 3 of model 'm' may not become 'champion'\. rmse of the challenger is [\d.]+, of the champion [\d.]+: a gain of -[\d.]+, between -[\d.]+ and -[\d.]+ at 95 %; expected above 0\.$/,
      )
      expect((await registry.model('m')).aliases).toEqual({ champion: 2 })
      const [last, before] = await registry.history('m')
      expect(last).toMatchObject({
        kind: 'promotion-refused',
        version: 3,
        details: { verdict: { passed: false } },
      })
      expect(before).toMatchObject({
        kind: 'promoted',
        version: 2,
        userId: 'ada',
        details: { from: 1, to: 2, forced: false },
      })
    })

    test('refuses an equal, and without rows, with sentences', async () => {
      const { registry } = await testRegistry(home, folder)
      for (const bundle of [good, good]) await registry.register('m', bundle)
      await registry.promote('m', { version: 1 })
      const equal = await refusal(registry.promote('m', { version: 2, data: holdout }))
      expect(equal.gain).toMatchObject({ gain: 0, low: 0, high: 0 })
      const blind = await refusal(registry.promote('m', { version: 2 }))
      expect(blind.checks.at(-1)!.sentence).toMatch(
        /no rows to judge the challenger on: no run of it kept any\. Give some/,
      )
      await registry.promote('m', { version: 2, data: holdout, gate: { mustBeat: { by: -0.01 } } })
      await expect(registry.promote('m', { version: 2, data: holdout })).rejects.toThrow(
        /is 'champion' already/,
      )
    })

    test('asks for a margin, a score, approvals, parts of the data, and compatible columns', async () => {
      const { registry } = await testRegistry(home, folder)
      for (const bundle of [fair, good, narrow]) await registry.register('m', bundle)
      await refusal(registry.promote('m', { version: 1, data: holdout, gate: { reach: 0.001 } }))
      await registry.promote('m', { version: 1, data: holdout, gate: { reach: 1e6 } })
      const margin = await refusal(
        registry.promote('m', { version: 2, data: holdout, gate: { mustBeat: { by: 1e3 } } }),
      )
      expect(margin.sentence).toContain('expected above +1000')
      const gate = { approvals: 2, noWorseThan: { columns: ['city', 'size'] } }
      await registry.approve('m/2', { userId: 'ada', note: 'looks right' })
      await registry.approve('m/2', { userId: 'ada' })
      const lonely = await refusal(registry.promote('m', { version: 2, data: holdout, gate }))
      expect(lonely.checks.at(-1)).toMatchObject({ rule: 'approvals', passed: false })
      expect(lonely.slices.map(({ column }) => column)).toEqual(expect.arrayContaining(['city', 'size']))
      await registry.approve('m/2', { userId: 'bob' })
      await registry.promote('m', { version: 2, data: holdout, gate })
      const lost = await refusal(
        registry.promote('m', {
          version: 3,
          data: holdout,
          gate: { mustBeat: false, noWorseThan: { columns: ['city'] } },
        }),
      )
      expect(lost.sentence).toMatch(
        /On \d of 3 parts of the data the challenger is surely worse, such as city = /,
      )
      // It takes a column less: whoever calls the champion can call it.
      expect(lost.compatibility!.verdict).toBe('wider')
      await registry.setAlias('m', 'champion', 3)
      const asks = await refusal(
        registry.promote('m', { version: 2, data: holdout, gate: { mustBeat: false } }),
      )
      expect(asks.sentence).toMatch(/Column 'city' \(string\) must be given now.*\(--incompatible\)/)
      await registry.promote('m', { version: 2, data: holdout, gate: { compatible: false } })
    })

    test('cannot set models side by side that answer other questions', async () => {
      const { registry, store } = await testRegistry(home, folder)
      for (const bundle of [good, classifier]) await registry.register('m', bundle)
      await registry.promote('m', { version: 1 })
      const gate = { compatible: false }
      const other = await refusal(registry.promote('m', { version: 2, data: holdout, gate }))
      expect(other.sentence).toContain('The two cannot be judged by one measure: It now solves a binary task')
      await store.models.createVersion('m', { source: 's3://elsewhere/model' })
      const foreign = await refusal(registry.promote('m', { version: 3, data: holdout, gate }))
      expect(foreign.sentence).toContain(
        "Version 3 is no bundle of Modelwright (its source is 's3://elsewhere/model')",
      )
      await expect(registry.download('m/3', join(folder, 'never'))).rejects.toThrow(/not here but at 's3:/)
    })

    test('judges classifiers by probabilities too', async () => {
      const { registry } = await testRegistry(home, folder)
      const weak = await smallBundle(folder, `${home.name}-weak`, { classifier: true, alpha: 1e4 })
      for (const bundle of [weak, classifier]) await registry.register('m', bundle)
      await registry.promote('m', { version: 1 })
      const data = fromRows(houses(200, 1000).map(({ size, city, dear }) => ({ size, city, dear })))
      const { verdict } = await registry.promote('m', { version: 2, data })
      expect(verdict.metric).toBe('log-loss')
      expect(verdict.gain!.gain).toBeGreaterThan(0)
    })

    test('is passed over by force, with a note, for the record', async () => {
      const { registry } = await testRegistry(home, folder)
      for (const bundle of [good, bad]) await registry.register('m', bundle)
      await registry.promote('m', { version: 1 })
      await expect(
        registry.promote('m', { version: 2, data: holdout, force: true, note: ' ' }),
      ).rejects.toSatisfy(UsageError.is)
      const { forced, verdict } = await registry.promote('m', {
        version: 2,
        data: holdout,
        force: true,
        note: 'the other leaks',
        userId: 'eve',
      })
      expect([forced, verdict.passed]).toEqual([true, false])
      expect((await registry.history('m', { limit: 1 }))[0]).toMatchObject({
        kind: 'promoted',
        userId: 'eve',
        details: { forced: true, note: 'the other leaks', from: 1, to: 2, verdict: { passed: false } },
      })
    })

    test('is won by one of two who challenge the same champion at once', async () => {
      const { registry } = await testRegistry(home, folder)
      for (const bundle of [bad, good, fair]) await registry.register('m', bundle)
      await registry.promote('m', { version: 1 })
      const both = await Promise.allSettled(
        [2, 3].map((version) => registry.promote('m', { version, data: holdout })),
      )
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const lost = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult
      expect(String(lost.reason)).toMatch(
        /points to version \d, expected version 1: somebody moved it meanwhile/,
      )
      const kinds = (await registry.history('m')).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'promotion-refused')).toHaveLength(1)
    })

    test('refuses rules that are none', async () => {
      const { registry } = await testRegistry(home, folder)
      await registry.register('m', good)
      for (const gate of [
        { level: 2 },
        { mustBeat: { by: NaN } },
        { approvals: -1 },
        { noWorseThan: { columns: [] } },
        { mustBeet: true },
        { metric: '' },
      ])
        await expect(registry.promote('m', { version: 1, gate: gate as never })).rejects.toMatchObject({
          code: 'invalid-option',
        })
      expect((await registry.model('m')).aliases).toEqual({})
    })
  })

  test('rolling back undoes promotions one by one, past versions that are no more', async () => {
    const { registry } = await testRegistry(home, folder)
    for (let i = 0; i < 4; i++) await registry.register('m', good)
    await expect(registry.rollback('m', 'champion')).rejects.toSatisfy(ConflictError.is)
    for (const version of [1, 2, 3, 4]) await registry.setAlias('m', 'champion', version)
    await registry.deleteVersion('m', 2)
    const back = async () => (await registry.rollback('m', 'champion', { note: 'errors' })).version
    expect(await back()).toBe(3)
    expect(await back()).toBe(1)
    await expect(back()).rejects.toThrow(/points to version 1 and pointed to no other version before/)
    await registry.setAlias('m', 'champion', null)
    expect(await back()).toBe(1)
    expect((await registry.history('m', { limit: 1 }))[0]).toMatchObject({
      kind: 'rolled-back',
      details: { alias: 'champion', from: null, to: 1, note: 'errors' },
    })
    await expect(registry.deleteVersion('m', 1)).rejects.toThrow(/Version 1 of model 'm' is 'champion'/)
  })

  test('the difference of two versions, and where all came from', async () => {
    const { registry, store } = await testRegistry(home, folder)
    const { runId } = await store.runs.create({ experimentId: '0', name: 'fit' })
    await registry.register('m', fair, { runId })
    await registry.register('m', narrow)
    const diff = await registry.diff('m/1', 'm/2')
    expect(diff.signature!.changes.map(({ name, change }) => [name, change])).toEqual([['city', 'removed']])
    expect(diff.metrics).toEqual([{ name: 'rmse', a: 30, b: 0.01, same: false }])
    expect(diff.data.find(({ name }) => name === 'hash')!.same).toBe(true)
    expect(await registry.compatibility('m/2', 'm/1')).toMatchObject({ verdict: 'breaking' })
    const graph = await registry.lineage('m')
    expect(graph.nodes.map(({ kind }) => kind).toSorted()).toEqual([
      'data',
      'model',
      'run',
      'version',
      'version',
    ])
    expect(graph.edges).toContainEqual({ from: 'version:m/1', to: 'version:m/2', relation: 'followed by' })
    expect(graph.edges).toContainEqual({ from: 'data:abc123', to: `run:${runId}`, relation: 'learned from' })
    const ids = new Set(graph.nodes.map(({ id }) => id))
    for (const { from, to } of graph.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true])
  })
})
