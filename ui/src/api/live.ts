// Server-sent events, read from a fetch, so that a refusal is seen as what it is; a connection that breaks is made again.
import { useEffect, useRef, useState } from 'react'
import type { LiveEvents } from '../../../src/app/http/api/page-types.js'
import { ask } from './client.js'

/** Milliseconds before the first new try, and the most: a server that restarts is back in a few seconds. */
const firstPause = 500
const longestPause = 15_000

export type LiveState = 'connecting' | 'live' | 'lost'

type Handlers = {
  readonly [E in keyof LiveEvents]?: (data: LiveEvents[E]) => void
} & {
  /** The connection stands: what is read from now on misses nothing. */
  readonly ready?: () => void
  /** It stands anew: what came in between is not told. */
  readonly again?: () => void
}

/** Listens while the component is there. `runIds` are those whose new points are wanted. */
export function useLive(runIds: readonly string[], handlers: Handlers): LiveState {
  const [state, setState] = useState<LiveState>('connecting')
  const current = useRef(handlers)
  useEffect(() => {
    current.current = handlers
  })
  const runs = runIds.join(',')
  useEffect(() => {
    const ended = new AbortController()
    let before = false
    const handle = (event: string, data: unknown): void => {
      if (event === 'ready') {
        setState('live')
        if (before) current.current.again?.()
        before = true
      }
      const handler = current.current[event as keyof Handlers] as ((data: unknown) => void) | undefined
      handler?.(data)
    }
    void listen(runs, handle, { signal: ended.signal, onLost: () => setState('lost') })
    return () => ended.abort()
  }, [runs])
  return state
}

interface Listening {
  readonly signal: AbortSignal
  readonly onLost: () => void
}

/** A browser keeps six connections to a server, for all its tabs: one that nobody looks at must not hold one. */
function shown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!document.hidden || signal.aborted) resolve()
    }
    document.addEventListener('visibilitychange', look, { signal })
    signal.addEventListener('abort', look)
    look()
  })
}

/** Aborted when the page is left or hidden. */
function whileShown(signal: AbortSignal): AbortSignal {
  const hidden = new AbortController()
  document.addEventListener('visibilitychange', () => hidden.abort(), { once: true, signal })
  return AbortSignal.any([signal, hidden.signal])
}

async function listen(
  runs: string,
  handle: (event: string, data: unknown) => void,
  { signal, onLost }: Listening,
): Promise<void> {
  let pause = firstPause
  while (!signal.aborted) {
    await shown(signal)
    const here = whileShown(signal)
    try {
      const query = runs === '' ? '' : `?runs=${encodeURIComponent(runs)}`
      const response = await ask(`/api/v1/live${query}`, { signal: here })
      pause = firstPause
      await readEvents(response.body!, handle)
    } catch {
      // Lost or refused: the pause below, then again.
    }
    if (signal.aborted) return
    if (here.aborted) continue
    onLost()
    await new Promise((resolve) => setTimeout(resolve, pause))
    pause = Math.min(longestPause, pause * 2)
  }
}

/** Events are blocks of lines with an empty one between them. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  handle: (event: string, data: unknown) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const blocks = (text + value).split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (event !== undefined && data !== undefined) handle(event, JSON.parse(data))
    }
  }
}
