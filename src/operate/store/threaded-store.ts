// A store in a thread of its own: SQLite answers at once and keeps its thread busy meanwhile, which a server cannot afford.
import { Worker } from 'node:worker_threads'
import {
  builtFile,
  InternalError,
  OverloadError,
  type PlainError,
  revivedError,
  workerFlags,
} from '../../base/index.js'
import { openStore } from './open-store.js'
import { type Store, wrapGroups } from './store.js'
import { isPostgres, storeUrl } from './store-url.js'

/** A call, as it goes to the thread. */
export interface StoreCall {
  readonly id: number
  readonly group: string
  readonly name: string
  readonly args: readonly unknown[]
}

/** Its answer. */
export type StoreAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PlainError }

/** Behind the door of this name: doors.ts. */
export async function openThreadedStore(url?: string): Promise<Store> {
  const address = storeUrl(url)
  // Postgres works elsewhere already.
  if (isPostgres(address)) return openStore(address)
  // Opened here first and closed again, so that a bad address is an ordinary error of this call.
  const { url: shown, close, [Symbol.asyncDispose]: _, ...groups } = await openStore(address)
  await close()
  const thread = startThread(address)
  return {
    ...wrapGroups(
      groups,
      (_work, group, name) =>
        (...args) =>
          thread.call(group, name, args),
    ),
    url: shown,
    close: thread.close,
    [Symbol.asyncDispose]: thread.close,
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

function startThread(address: string) {
  const waiting = new Map<number, Waiting>()
  let nextId = 0
  let closed = false
  let worker: Worker | undefined
  const start = (): Worker => {
    const started = new Worker(builtFile(import.meta.url, './store-worker.js'), {
      workerData: { address },
      ...workerFlags(),
    })
    started.on('message', (answer: StoreAnswer) => settle(waiting, answer))
    started.on('error', () => undefined)
    // Whatever ended it: who waits must hear of it, and the next call starts another.
    started.on('exit', () => {
      if (worker === started) worker = undefined
      for (const { reject } of waiting.values()) reject(lost())
      waiting.clear()
    })
    started.unref()
    return started
  }
  return {
    call(group: string, name: string, args: readonly unknown[]): Promise<unknown> {
      if (closed) return Promise.reject(new InternalError('The store is closed.'))
      worker ??= start()
      const id = nextId++
      worker.ref()
      return new Promise<unknown>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        worker!.postMessage({ id, group, name, args } satisfies StoreCall)
      }).finally(() => waiting.size === 0 && worker?.unref())
    },
    async close(): Promise<void> {
      if (closed) return
      closed = true
      const running = worker
      if (running === undefined) return
      running.ref()
      const gone = new Promise((resolve) => running.once('exit', resolve))
      running.postMessage('close')
      await gone
    },
  }
}

const lost = (): OverloadError =>
  new OverloadError(
    'The thread of the store ended before it answered. Try again; what was not answered may be kept or not.',
    {
      retryAfter: 1,
      reason: 'store',
    },
  )

function settle(waiting: Map<number, Waiting>, answer: StoreAnswer): void {
  const { resolve, reject } = waiting.get(answer.id) ?? {}
  waiting.delete(answer.id)
  if ('value' in answer) resolve?.(answer.value)
  else reject?.(revivedError(answer.error))
}
