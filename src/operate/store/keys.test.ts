import { expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { ConflictError, InvalidOptionError, NotFoundError } from '../../base/index.js'
import { keyHash } from './keys.js'

const start = 1_700_000_000_000

onBothStores('keys', (home) => {
  test('a key is told once, found by its hash, and not kept itself', async () => {
    const store = await home.open(() => start)
    expect(await store.keys.inUse()).toBe(false)
    const { key, ...made } = await store.keys.create({
      name: 'ci',
      scopes: ['predict:churn', 'read', 'read'],
    })
    expect(key).toMatch(/^mw_[\w-]{43}$/)
    expect(made).toMatchObject({ name: 'ci', prefix: key.slice(0, 11), scopes: ['predict:churn', 'read'] })
    expect(await store.keys.find(keyHash(key))).toEqual(made)
    expect(await store.keys.find(key)).toBeUndefined()
    expect(await store.keys.find(keyHash(`${key}x`))).toBeUndefined()
    expect(JSON.stringify(await store.keys.list())).not.toContain(key.slice(11))
    expect(await store.keys.inUse()).toBe(true)
  })

  test('a revoked key works no more, whether named or by its first characters, and stays so', async () => {
    let time = start
    const store = await home.open(() => time)
    const a = await store.keys.create({ name: 'a', scopes: ['admin'] })
    const b = await store.keys.create({ name: 'b', scopes: ['admin'] })
    await store.keys.revoke('a')
    time += 1000
    expect(await store.keys.revoke(a.prefix)).toMatchObject({ revokedTime: start })
    expect(await store.keys.find(keyHash(a.key))).toBeUndefined()
    await store.keys.revoke(b.prefix)
    expect(await store.keys.find(keyHash(b.key))).toBeUndefined()
    expect(await store.keys.inUse()).toBe(false)
    expect((await store.keys.list()).map(({ name }) => name)).toEqual(['b', 'a'])
  })

  test('revoking what is not there, or not clear, changes nothing', async () => {
    const store = await home.open(() => start)
    const made = [
      await store.keys.create({ name: 'twin', scopes: ['read'] }),
      await store.keys.create({ name: 'twin', scopes: ['read'] }),
    ]
    await expect(store.keys.revoke('twin')).rejects.toSatisfy(ConflictError.is)
    await expect(store.keys.revoke("' or 1=1 --")).rejects.toSatisfy(NotFoundError.is)
    await expect(store.keys.revoke('%')).rejects.toSatisfy(NotFoundError.is)
    for (const { key } of made) expect(await store.keys.find(keyHash(key))).toBeDefined()
    await store.keys.revoke(made[0]!.prefix)
    expect((await store.keys.revoke('twin')).prefix).toBe(made[1]!.prefix)
  })

  test('an expired key works no more from that millisecond on', async () => {
    let time = start
    const store = await home.open(() => time)
    const { key } = await store.keys.create({ name: 'short', scopes: ['read'], expirationTime: start + 1000 })
    time = start + 999
    expect(await store.keys.find(keyHash(key))).toBeDefined()
    time = start + 1000
    expect(await store.keys.find(keyHash(key))).toBeUndefined()
    expect(await store.keys.inUse()).toBe(false)
  })

  test('when keys were used is noted', async () => {
    const store = await home.open(() => start)
    const { prefix } = await store.keys.create({ name: 'a', scopes: ['read'] })
    await store.keys.used({ [prefix]: start + 5, mw_nobody: 3 })
    expect(await store.keys.list()).toMatchObject([{ prefix, lastUsedTime: start + 5 }])
  })

  test.each([
    [{ name: 'a', scopes: [] }],
    [{ name: 'a', scopes: ['root'] }],
    [{ name: 'a', scopes: ['predict:'] }],
    [{ name: '', scopes: ['read'] }],
    [{ name: 'a', scopes: ['read'], expirationTime: start }],
    [{ name: 'a', scopes: ['read'], expirationTime: Number.NaN }],
  ])('%j is refused', async (given) => {
    const store = await home.open(() => start)
    await expect(store.keys.create(given)).rejects.toSatisfy(InvalidOptionError.is)
    expect(await store.keys.list()).toEqual([])
  })
})
