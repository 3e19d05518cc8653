// The rows of the table, page after page, kept fresh while something is written.
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { RunRowData, RunSearch } from '../../../../src/app/http/api/page-types.js'
import { useLive } from '../../api/live.js'
import { searchRuns } from '../../api/queries.js'

/** A screen shows forty rows: the first answer is for the eye, the next ones for scrolling. */
const firstRows = 200
const moreRows = 500
/** Milliseconds between two looks at a store that is being written. */
const freshAfter = 2000
/** Pages that are asked for again by themselves; beyond, a button says that there is news. */
const freshPages = 2

export interface RunsShown {
  readonly runs: readonly RunRowData[]
  /** Of these experiments, without regard to the filter. */
  readonly total: number | undefined
  readonly complete: boolean
  readonly loading: boolean
  readonly loadingMore: boolean
  /** The rows are those of the search before this one. */
  readonly old: boolean
  readonly error: Error | null
  readonly news: boolean
  readonly live: ReturnType<typeof useLive>
  more(): void
  again(): void
}

export function useRuns(search: RunSearch | undefined): RunsShown {
  const key = useMemo(() => ['runs', search] as const, [search])
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      searchRuns(
        { ...search, limit: pageParam === undefined ? firstRows : moreRows, pageToken: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextPageToken }) => nextPageToken ?? undefined,
    enabled: search !== undefined,
    placeholderData: keepPreviousData,
  })
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  const runs = useMemo(() => data?.pages.flatMap((page) => page.runs) ?? [], [data])
  const pages = data?.pages.length ?? 0
  const { live, news, seen } = useNews(pages, () => void refetch())
  return {
    runs,
    total: data?.pages[0]?.total ?? undefined,
    complete: data !== undefined && !hasNextPage,
    loading: query.isPending,
    loadingMore: isFetchingNextPage,
    old: query.isPlaceholderData,
    error: query.error,
    news,
    live,
    more: () => {
      if (hasNextPage && !isFetchingNextPage && !query.isError) void fetchNextPage()
    },
    again: () => {
      seen()
      void refetch()
    },
  }
}

/** Asks again when the store was written, though not for every point of every metric. */
function useNews(pages: number, refresh: () => void) {
  const [news, setNews] = useState(false)
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef({ pages, refresh })
  useEffect(() => {
    latest.current = { pages, refresh }
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  const change = (): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries({ queryKey: ['columns'] })
      void queries.invalidateQueries({ queryKey: ['experiments'] })
      void queries.invalidateQueries({ queryKey: ['trend'] })
      if (latest.current.pages <= freshPages) latest.current.refresh()
      else setNews(true)
    }, freshAfter)
  }
  const live = useLive([], { change, again: change })
  return { live, news, seen: () => setNews(false) }
}
