// Both homes of the store, so that each test of it runs on both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openStore, type Store } from '../../src/operate/store/index.js'
import { startPostgres, type TestPostgres } from './postgres.js'

export interface StoreHome {
  readonly name: 'SQLite' | 'Postgres'
  /** A new, empty store; closed after the tests of the file. */
  open(time?: () => number): Promise<Store>
  /** The address of a new, empty store, for those that open it themselves. */
  newUrl(): Promise<string>
}

/** Describes the same tests once for each database. */
export function onBothStores(title: string, tests: (home: StoreHome) => void): void {
  describe(`${title} (SQLite)`, () => {
    let folder = ''
    let files = 0
    const opened: Store[] = []
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'modelwright-store-'))
    })
    afterAll(async () => {
      for (const store of opened) await store.close()
      rmSync(folder, { recursive: true, force: true })
    })
    tests(homeOf('SQLite', opened, () => Promise.resolve(join(folder, `${++files}.db`))))
  })
  describe(`${title} (Postgres)`, () => {
    let server: TestPostgres | undefined
    const opened: Store[] = []
    beforeAll(async () => {
      const started = await startPostgres()
      if ('missing' in started) throw new Error(started.missing)
      server = started
      // Preparing a server takes a second; on a machine with much else to do, many.
    }, 60_000)
    afterAll(async () => {
      for (const store of opened) await store.close()
      await server?.[Symbol.asyncDispose]()
    })
    tests(homeOf('Postgres', opened, () => server!.newDatabase()))
  })
}

function homeOf(name: StoreHome['name'], opened: Store[], newUrl: () => Promise<string>): StoreHome {
  return {
    name,
    newUrl,
    async open(time) {
      const store = await openStore(await newUrl(), { time })
      opened.push(store)
      return store
    },
  }
}
