// Many requests may share a signal, such as that of a server that ends: it gets one listener for all of them, as Node warns of a leak
// when there are more than ten.

const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/** Has something called when a signal is aborted; returns how to stop. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const known = waiting.get(signal)
  const callbacks = known ?? new Set()
  callbacks.add(callback)
  const tell = (): void => {
    for (const each of callbacks) each()
  }
  if (known === undefined) {
    waiting.set(signal, callbacks)
    signal.addEventListener('abort', tell, { once: true })
  }
  return () => void callbacks.delete(callback)
}
