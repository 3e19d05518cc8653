// What a page shows stands in its address, so that a link shows the same to another.
import { useCallback, useMemo } from 'react'
import { navigate, useSearch } from 'wouter/use-browser-location'

export type Change = Readonly<Record<string, string | readonly string[] | undefined>>

export interface UrlState {
  text(name: string): string | undefined
  list(name: string): readonly string[] | undefined
  flag(name: string): boolean
  /** Changes some and keeps the others; the address is replaced, unless going back should undo it. */
  set(change: Change, options?: { readonly push?: boolean }): void
}

/** Names may hold commas; they are rare, so the list is readable as a rule. */
const written = (list: readonly string[]): string =>
  list.map((item) => item.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',')
const read = (text: string): readonly string[] =>
  text === '' ? [] : text.split(',').map((item) => item.replaceAll('%2C', ',').replaceAll('%25', '%'))

/** The part of an address behind `?`, with its question mark. */
export function searchOf(change: Change): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(change))
    if (value !== undefined) search.set(name, typeof value === 'string' ? value : written(value))
  return search.size === 0 ? '' : `?${readable(search)}`
}

const readable = (search: URLSearchParams): string => search.toString().replaceAll('%2C', ',')

/** Read from the address as it stands: the router's own way reads `%25` twice, so that `LIKE '%add%'` would lose its beginning. */
export function useUrlState(): UrlState {
  const raw = useSearch()
  const search = useMemo(() => new URLSearchParams(raw), [raw])
  const set = useCallback((change: Change, { push = false } = {}) => {
    const next = new URLSearchParams(location.search)
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) next.delete(name)
      else next.set(name, typeof value === 'string' ? value : written(value))
    }
    const text = next.size === 0 ? '' : `?${readable(next)}`
    if (text !== location.search) navigate(`${location.pathname}${text}`, { replace: !push })
  }, [])
  return useMemo(
    () => ({
      text: (name) => search.get(name) ?? undefined,
      list: (name) => {
        const text = search.get(name)
        return text === null ? undefined : read(text)
      },
      flag: (name) => search.get(name) === '1',
      set,
    }),
    [search, set],
  )
}
