// One worker thread and the requests that wait for its answers.
import type { Worker } from 'node:worker_threads'
import { revivedError } from '../../base/index.js'
import { laneLost } from './lane.js'
import type { LaneRequest, LaneResponse } from './worker-messages.js'

export interface Connection {
  /** @throws {@link laneLost} when the worker ends before it answered; the error that it answers with */
  ask(request: Record<string, unknown>, memory?: ArrayBuffer[]): Promise<LaneResponse>
  readonly ended: boolean
  /** Has the worker end when it is done; resolves when it has, or did not within the time. */
  end(within: number): Promise<void>
}

interface Pending {
  readonly resolve: (response: LaneResponse) => void
  readonly reject: (error: Error) => void
}

/** @param onEnd - called once, when the worker has ended, for whatever reason */
export function connect(worker: Worker, onEnd: () => void): Connection {
  // A service that is forgotten must not keep the program alive; each request holds it as long as it runs.
  worker.unref()
  const pending = new Map<number, Pending>()
  let next = 0
  let ended = false
  const lost = (): void => {
    if (ended) return
    ended = true
    for (const { reject } of pending.values()) reject(laneLost())
    pending.clear()
    onEnd()
  }
  // Why it ended is told by the requests that fail; what matters here is that it is gone.
  worker.on('error', lost)
  worker.on('exit', lost)
  worker.on('message', (response: LaneResponse) => {
    const waiting = pending.get(response.id)
    pending.delete(response.id)
    if (pending.size === 0) worker.unref()
    if ('error' in response) waiting?.reject(revivedError(response.error))
    else waiting?.resolve(response)
  })
  return {
    get ended() {
      return ended
    },
    ask(request, memory = []) {
      if (ended) return Promise.reject(laneLost())
      const id = ++next
      return new Promise((resolve, reject) => {
        // First, as it throws for what cannot be sent.
        worker.postMessage({ ...request, id }, memory)
        if (pending.size === 0) worker.ref()
        pending.set(id, { resolve, reject })
      })
    },
    async end(within) {
      if (ended) return
      worker.ref()
      const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage({ type: 'exit' } satisfies LaneRequest)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, within)))
      await Promise.race([exit, late])
      clearTimeout(timer)
      worker.unref()
    },
  }
}
