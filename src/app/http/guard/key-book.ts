// The keys that a server knows: those of the store, looked up by their hash and remembered for a moment, and one that it was started with.
import { createHash, timingSafeEqual } from 'node:crypto'
import { ModelwrightError } from '../../../base/index.js'
import { keyHash, type Scope, type Store } from '../../../operate/store/index.js'
import type { Caller } from '../face.js'

/** Milliseconds for which a key is taken without asking the store: the longest that a key revoked elsewhere still works. */
const freshFor = 5000
/** While the store does not answer, keys that it confirmed within ten minutes go on working: predictions need no store. */
const staleFor = 600_000
/** Keys that are remembered, a kilobyte each at most. */
const mostRemembered = 10_000
/** When keys were used is written at most once a minute: it is for people who clear up. */
const writeUsesEvery = 60_000

export interface KeyBook {
  /** Who has the key with this hash, undefined when it does not work. @throws as the store does when it cannot say */
  find(hash: string): Promise<Caller | undefined>
  /** What is remembered of it, without asking the store. */
  remembered(hash: string): Caller | undefined
  /** Whether it was seen to work within ten minutes: such a key is no guess. */
  wasSeen(hash: string): boolean
  /** Forgets what it remembers, so that a key revoked here ends at once. */
  forget(): void
  close(): Promise<void>
}

export interface KeyBookSources {
  readonly store?: Pick<Store, 'keys'> | undefined
  /** A key given to the server at its start, for servers without a store. */
  readonly fixed?: { readonly key: string; readonly scopes: readonly Scope[] } | undefined
  /** Milliseconds since 1970. */
  readonly time: () => number
}

export function keyBook({ store, fixed, time }: KeyBookSources): KeyBook {
  const known = new Map<string, { readonly caller: Caller; readonly at: number }>()
  const uses = new Map<string, number>()
  const writeUses = async (): Promise<void> => {
    if (uses.size === 0 || store === undefined) return
    const times = Object.fromEntries(uses)
    uses.clear()
    // Lost where the store is away: the next use says it again.
    await store.keys.used(times).catch(() => undefined)
  }
  const timer = setInterval(() => void writeUses(), writeUsesEvery).unref()
  const fixedCaller = fixed && { name: 'environment', prefix: fixed.key.slice(0, 4), scopes: fixed.scopes }
  const fixedHash = fixed && keyHash(fixed.key)
  return {
    remembered(hash) {
      if (fixedHash !== undefined && equal(hash, fixedHash)) return fixedCaller
      const found = known.get(hash)
      return found !== undefined && time() - found.at < freshFor ? found.caller : undefined
    },
    async find(hash) {
      const remembered = this.remembered(hash)
      if (remembered !== undefined || store === undefined) return remembered
      const caller = await lookUp(hash)
      if (caller !== undefined) uses.set(caller.prefix, time())
      return caller
    },
    wasSeen(hash) {
      const found = known.get(hash)
      return found !== undefined && time() - found.at < staleFor
    },
    forget: () => known.clear(),
    async close() {
      clearInterval(timer)
      await writeUses()
    },
  }

  async function lookUp(hash: string): Promise<Caller | undefined> {
    try {
      const found = await store!.keys.find(hash)
      known.delete(hash)
      if (found === undefined) return undefined
      const { name, prefix, scopes } = found
      const caller = { name, prefix, scopes }
      known.set(hash, { caller, at: time() })
      if (known.size > mostRemembered) known.delete(known.keys().next().value!)
      return caller
    } catch (error) {
      const stale = known.get(hash)
      const away = ModelwrightError.is(error) && error.code === 'overload'
      if (away && stale !== undefined && time() - stale.at < staleFor) return stale.caller
      throw error
    }
  }
}

/** Hashes are compared in a time that tells nothing of how much of them agrees. */
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
