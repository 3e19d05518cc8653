// Small choices that stay in this browser: widths of columns, not what a link should carry.
import { useCallback, useState } from 'react'

function readStored<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Full or forbidden: the choice then lasts as long as the page.
  }
}

export function useStored<T>(key: string, fallback: T): [T, (change: T | ((old: T) => T)) => void] {
  const [value, setValue] = useState(() => readStored(key, fallback))
  const set = useCallback(
    (change: T | ((old: T) => T)) =>
      setValue((old) => {
        const next = typeof change === 'function' ? (change as (old: T) => T)(old) : change
        writeStored(key, next)
        return next
      }),
    [key],
  )
  return [value, set]
}
