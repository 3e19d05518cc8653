// The other end of threaded-store.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { plainError } from '../../base/index.js'
import { openStore } from './open-store.js'
import type { StoreAnswer, StoreCall } from './threaded-store.js'

type Groups = Readonly<
  Record<string, Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>>
>

const port = parentPort!
const opening = openStore((workerData as { readonly address: string }).address)

port.on('message', (message: StoreCall | 'close') => void (message === 'close' ? end() : answer(message)))

async function answer({ id, group, name, args }: StoreCall): Promise<void> {
  try {
    const store = (await opening) as unknown as Groups
    port.postMessage({ id, value: await store[group]![name]!(...args) } satisfies StoreAnswer)
  } catch (error) {
    port.postMessage({ id, error: plainError(error) } satisfies StoreAnswer)
  }
}

async function end(): Promise<void> {
  await opening.then((store) => store.close()).catch(() => undefined)
  port.close()
}
