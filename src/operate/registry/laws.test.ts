// What holds whatever is done to a model, in any order.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { ConflictError } from '../../base/index.js'
import type { Store } from '../store/index.js'
import { placesOf } from './alias-history.js'
import { rollback } from './rollback.js'

type Step =
  | { readonly do: 'create' }
  | { readonly do: 'move'; readonly alias: string; readonly pick: number }
  | { readonly do: 'drop' | 'back'; readonly alias: string }
  | { readonly do: 'delete'; readonly pick: number }

const alias = fc.constantFrom('champion', 'challenger')
const pick = fc.nat(9)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), alias, pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'back' as const), alias }) },
  fc.record({ do: fc.constant('delete' as const), pick }),
)

/** What is known of the model besides: how many versions were made, which live, where aliases point. */
interface Known {
  made: number
  readonly living: Set<number>
  readonly aliases: Map<string, number>
}

async function take(store: Store, name: string, known: Known, taken: Step): Promise<void> {
  const picked = (at: number): number | undefined => [...known.living][at % Math.max(1, known.living.size)]
  if (taken.do === 'create') {
    const { version } = await store.models.createVersion(name, { source: 's' })
    expect(version).toBe(++known.made)
    known.living.add(version)
  } else if (taken.do === 'move') {
    const version = picked(taken.pick)
    if (version === undefined) return
    await store.models.moveAlias(name, { alias: taken.alias, version })
    known.aliases.set(taken.alias, version)
  } else if (taken.do === 'drop') {
    await store.models.moveAlias(name, { alias: taken.alias, version: null })
    known.aliases.delete(taken.alias)
  } else if (taken.do === 'delete') {
    const version = picked(taken.pick)
    if (version === undefined) return
    await store.models.deleteVersion(name, version)
    known.living.delete(version)
    for (const [own, to] of known.aliases) if (to === version) known.aliases.delete(own)
  } else await back(store, name, known, taken.alias)
}

async function back(store: Store, name: string, known: Known, own: string): Promise<void> {
  const before = placesOf(own, await store.models.events(name)).slice(0, -1)
  const expected = before.findLast(
    (place) => place !== null && place !== known.aliases.get(own) && known.living.has(place),
  )
  const result = await rollback(store, name, own).catch((error: unknown) => error)
  if (expected === undefined || expected === null) return expect(result).toSatisfy(ConflictError.is)
  expect(result).toMatchObject({ version: expected })
  known.aliases.set(own, expected)
}

onBothStores('laws of the registry', (home) => {
  test('numbers only grow, an alias points to one living version, and the record leads where it points', async () => {
    const store = await home.open()
    let models = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const name = `m${++models}`
        await store.models.create({ name })
        const known: Known = { made: 0, living: new Set(), aliases: new Map() }
        for (const taken of steps) {
          await take(store, name, known, taken)
          const { aliases } = await store.models.get(name)
          expect(aliases).toEqual(Object.fromEntries(known.aliases))
        }
        const versions = await store.models.versions(name)
        expect(versions.map(({ version }) => version)).toEqual([...known.living].toSorted((a, b) => b - a))
        for (const { version, aliases } of versions)
          expect(aliases).toEqual(
            [...known.aliases]
              .filter(([, to]) => to === version)
              .map(([own]) => own)
              .toSorted(),
          )
        const events = await store.models.events(name)
        for (const own of ['champion', 'challenger'])
          expect(placesOf(own, events).at(-1)).toBe(known.aliases.get(own) ?? null)
      }),
      { numRuns: home.name === 'SQLite' ? 40 : 15 },
    )
  })

  test('rolling back undoes moves in the reverse of their order', async () => {
    const store = await home.open()
    let models = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 12 }),
        async (moves) => {
          const name = `r${++models}`
          await store.models.create({ name })
          for (let i = 0; i < 5; i++) await store.models.createVersion(name, { source: 's' })
          for (const version of moves) await store.models.moveAlias(name, { alias: 'champion', version })
          const places = moves.filter((version, i) => version !== moves[i - 1])
          for (const place of places.slice(0, -1).toReversed())
            expect((await rollback(store, name, 'champion')).version).toBe(place)
          await expect(rollback(store, name, 'champion')).rejects.toSatisfy(ConflictError.is)
        },
      ),
      { numRuns: home.name === 'SQLite' ? 25 : 8 },
    )
  })
})
