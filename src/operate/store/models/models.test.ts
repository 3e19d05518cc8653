import { describe, expect, test } from 'vitest'
import { nodeProgram } from '../../../../test/support/node-program.js'
import { onBothStores } from '../../../../test/support/stores.js'
import { ConflictError, NotFoundError } from '../../../base/index.js'
import type { Store } from '../store.js'

const source = 'runs:/1/model'

async function withVersions(store: Store, name: string, count: number): Promise<void> {
  await store.models.create({ name })
  for (let i = 0; i < count; i++) await store.models.createVersion(name, { source })
}

onBothStores('registered models', (home) => {
  test('keep what was said of them and of their versions', async () => {
    const store = await home.open(() => 1000)
    const model = await store.models.create({
      name: "churn'; drop table runs",
      description: 'who leaves',
      tags: { team: 'blue', __proto__x: '1' },
      userId: 'ada',
    })
    expect(model).toEqual({
      name: "churn'; drop table runs",
      description: 'who leaves',
      creationTime: 1000,
      lastUpdateTime: 1000,
      tags: { team: 'blue', __proto__x: '1' },
      aliases: {},
      latestVersions: [],
    })
    const version = await store.models.createVersion(model.name, {
      source,
      runId: 'r1',
      tags: { quality: 'good' },
      userId: 'bob',
      signature: { inputs: [{ name: 'age' }] },
      lineage: { data: { hash: 'x' } },
    })
    expect(version).toEqual({
      name: model.name,
      version: 1,
      description: '',
      userId: 'bob',
      stage: 'None',
      source,
      storageLocation: source,
      runId: 'r1',
      runLink: '',
      modelId: undefined,
      status: 'READY',
      statusMessage: '',
      creationTime: 1000,
      lastUpdateTime: 1000,
      aliases: [],
      tags: { quality: 'good' },
      signature: { inputs: [{ name: 'age' }] },
      lineage: { data: { hash: 'x' } },
    })
    expect(await store.models.getVersion(model.name, 1)).toEqual(version)
    expect((await store.models.get(model.name)).latestVersions).toEqual([version])
    const kinds = (await store.models.events(model.name)).map(({ kind, userId }) => [kind, userId])
    expect(kinds).toEqual([
      ['version-created', 'bob'],
      ['model-created', 'ada'],
    ])
  })

  test('a name is taken once, also by many at once; renaming keeps all', async () => {
    const store = await home.open()
    const created = await Promise.allSettled(
      Array.from({ length: 5 }, () => store.models.create({ name: 'one' })),
    )
    expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of created)
      if (result.status === 'rejected') expect(result.reason).toSatisfy(ConflictError.is)
    await store.models.create({ name: 'other' })
    await store.models.createVersion('one', { source })
    await store.models.moveAlias('one', { alias: 'champion', version: 1 })
    await expect(store.models.rename('one', 'other')).rejects.toSatisfy(ConflictError.is)
    await store.models.rename('one', 'two')
    await expect(store.models.get('one')).rejects.toSatisfy(NotFoundError.is)
    expect((await store.models.getVersionByAlias('two', 'champion')).name).toBe('two')
    expect((await store.models.events('two'))[0]).toMatchObject({
      kind: 'model-renamed',
      details: { from: 'one', to: 'two' },
    })
  })

  test('numbers of versions are given once, though versions are deleted', async () => {
    const store = await home.open()
    await withVersions(store, 'm', 3)
    await store.models.moveAlias('m', { alias: 'champion', version: 3 })
    await expect(store.models.deleteVersion('m', 3, { keepAliased: true })).rejects.toThrow(
      /Version 3 of model 'm' is 'champion'/,
    )
    await store.models.deleteVersion('m', 3)
    await expect(store.models.getVersion('m', 3)).rejects.toSatisfy(NotFoundError.is)
    await expect(store.models.deleteVersion('m', 3)).rejects.toSatisfy(NotFoundError.is)
    await expect(store.models.getVersionByAlias('m', 'champion')).rejects.toSatisfy(NotFoundError.is)
    expect((await store.models.createVersion('m', { source })).version).toBe(4)
    expect((await store.models.versions('m')).map(({ version }) => version)).toEqual([4, 2, 1])
    for (const odd of [0, -1, 1.5, NaN, Infinity, 2 ** 60])
      await expect(store.models.getVersion('m', odd)).rejects.toSatisfy(NotFoundError.is)
  })

  test('a deleted model leaves its record; another of its name begins anew', async () => {
    const store = await home.open()
    await withVersions(store, 'm', 2)
    await store.models.moveAlias('m', { alias: 'a', version: 2 })
    await store.models.setVersionTags('m', 2, { k: 'old' })
    await store.models.delete('m', 'eve')
    await expect(store.models.get('m')).rejects.toSatisfy(NotFoundError.is)
    const record = await store.models.events('m')
    expect(record.map(({ kind }) => kind)).toEqual([
      'model-deleted',
      'alias-set',
      'version-created',
      'version-created',
      'model-created',
    ])
    expect(record[0]!.userId).toBe('eve')
    await withVersions(store, 'm', 2)
    expect((await store.models.getVersion('m', 2)).tags).toEqual({})
    expect((await store.models.get('m')).aliases).toEqual({})
    expect(await store.models.events('m')).toHaveLength(3)
    await expect(store.models.events('never')).rejects.toSatisfy(NotFoundError.is)
  })

  test('tags are set, replaced and deleted', async () => {
    const store = await home.open()
    await withVersions(store, 'm', 1)
    await store.models.setTags('m', { a: '1', b: '2' })
    await store.models.setTags('m', { a: '3' })
    await store.models.setVersionTags('m', 1, { v: 'x' })
    expect(await store.models.deleteTag('m', 'b')).toBe(true)
    expect(await store.models.deleteTag('m', 'b')).toBe(false)
    expect(await store.models.deleteVersionTag('m', 1, 'none')).toBe(false)
    expect((await store.models.get('m')).tags).toEqual({ a: '3' })
    expect((await store.models.getVersion('m', 1)).tags).toEqual({ v: 'x' })
    await expect(store.models.setTags('none', { a: '1' })).rejects.toSatisfy(NotFoundError.is)
    await expect(store.models.setVersionTags('m', 2, { a: '1' })).rejects.toSatisfy(NotFoundError.is)
  })

  test('stages: the newest of each is told, others are archived on request', async () => {
    const store = await home.open()
    await withVersions(store, 'm', 4)
    const to = (version: number, stage: 'Production' | 'Staging', archiveOthers: boolean) =>
      store.models.setStage('m', version, { stage, archiveOthers })
    await to(1, 'Production', false)
    await to(2, 'Production', false)
    await to(3, 'Production', true)
    const stages = (await store.models.versions('m')).map(({ version, stage }) => [version, stage])
    expect(stages).toEqual([
      [4, 'None'],
      [3, 'Production'],
      [2, 'Archived'],
      [1, 'Archived'],
    ])
    const latest = (await store.models.get('m')).latestVersions
    expect(latest.map(({ version }) => version)).toEqual([2, 3, 4])
  })

  describe('an alias', () => {
    test('points to one version, is moved and taken away, and each move is recorded', async () => {
      const store = await home.open()
      await withVersions(store, 'm', 2)
      const move = (version: number | null, expected?: number | null) =>
        store.models.moveAlias('m', { alias: 'champion', version, expected })
      expect((await move(1))?.details).toEqual({ alias: 'champion', from: null, to: 1 })
      expect(await move(1)).toBeUndefined()
      expect((await move(2, 1))?.details).toEqual({ alias: 'champion', from: 1, to: 2 })
      await expect(move(1, 1)).rejects.toThrow(/points to version 2, expected version 1/)
      await expect(move(1, null)).rejects.toSatisfy(ConflictError.is)
      await expect(move(7)).rejects.toSatisfy(NotFoundError.is)
      expect((await store.models.getVersion('m', 2)).aliases).toEqual(['champion'])
      expect((await store.models.getVersion('m', 1)).aliases).toEqual([])
      await move(null)
      expect((await store.models.get('m')).aliases).toEqual({})
      expect(
        await store.models.events('m', { kinds: ['alias-set', 'alias-deleted'], limit: 2 }),
      ).toMatchObject([
        { kind: 'alias-deleted', details: { from: 2, to: null } },
        { kind: 'alias-set', version: 2, details: { from: 1, to: 2 } },
      ])
    })

    test('is won by one of many who saw the same', async () => {
      const store = await home.open()
      await withVersions(store, 'm', 6)
      await store.models.moveAlias('m', { alias: 'champion', version: 1 })
      const moves = await Promise.allSettled(
        [2, 3, 4, 5, 6].map((version) =>
          store.models.moveAlias('m', { alias: 'champion', version, expected: 1 }),
        ),
      )
      expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })
  })

  test('processes that add versions at once get different numbers, without a gap', async () => {
    const url = await home.newUrl()
    const { openStore } = await import('../index.js')
    await using store = await openStore(url)
    await store.models.create({ name: 'm' })
    const code = `
      import { openStore } from 'dist:operate/store/index.js'
      const store = await openStore('${url}')
      const given = await Promise.all(Array.from({ length: 20 }, () => store.models.createVersion('m', { source: 's' })))
      console.log(JSON.stringify(given.map(({ version }) => version)))
      await store.close()`
    const answers = await Promise.all([0, 1, 2].map(() => nodeProgram(code).ended))
    const numbers = answers.flatMap((answer) => JSON.parse(answer) as number[])
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    expect((await store.models.get('m')).latestVersions[0]!.version).toBe(60)
  })
})
