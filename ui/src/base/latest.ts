// Functions that stay the same while what they do follows the newest state: parts that are kept may hold them.
import { useEffect, useMemo, useRef } from 'react'

type Actions = Readonly<Record<string, (...args: never[]) => unknown>>

/** The same functions under the same names, in an object that never changes. */
export function useLatest<T extends Actions>(actions: T): T {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  return useMemo(
    () =>
      Object.fromEntries(
        Object.keys(latest.current).map((name) => [
          name,
          (...args: never[]) => latest.current[name]!(...args),
        ]),
      ) as T,
    [],
  )
}
