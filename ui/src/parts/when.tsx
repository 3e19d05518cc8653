// A moment as one reads it, exact on hover; all of them on a page move on together.
import { useSyncExternalStore } from 'react'
import { ago, exactTime } from '../base/format.js'

/** Milliseconds: `3 min. ago` is wrong by half a minute at most. */
const interval = 30_000
const listeners = new Set<() => void>()
let current = new Date().getTime()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    current = new Date().getTime()
    for (const each of listeners) each()
  }, interval)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time, to half a minute. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => current)

export function When({ time }: { readonly time: number }) {
  const present = useNow()
  return (
    <time dateTime={new Date(time).toISOString()} title={exactTime(time)}>
      {ago(time, Math.max(present, time))}
    </time>
  )
}
