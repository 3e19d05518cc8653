// Which runs are selected. It outlives paging and sorting; a selection that can be compared stands in the address, too.
import { useEffect, useMemo, useRef, useState } from 'react'
import type { RunRowData } from '../../../../src/app/http/api/page-types.js'
import type { UrlState } from '../../base/url-state.js'

/** Runs that a page of comparison can still show apart; servers refuse addresses of many more. */
export const mostCompared = 100

export interface Selection {
  readonly selected: ReadonlySet<string>
  toggle(runIds: readonly string[]): void
  toggleTo(runId: string): void
  selectRange(runIds: readonly string[]): void
  selectAll(): void
  clear(): void
}

export function useSelection(runs: readonly RunRowData[], { list, set }: UrlState): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(() => new Set(list('selected')))
  useEffect(() => {
    set({ selected: selected.size > 0 && selected.size <= mostCompared ? [...selected] : undefined })
  }, [selected, set])
  const anchor = useRef<string>(undefined)
  return useMemo(
    () => ({
      selected,
      toggle(runIds) {
        anchor.current = runIds[0]
        const all = runIds.every((id) => selected.has(id))
        setSelected((old) => {
          const next = new Set(old)
          for (const id of runIds) {
            if (all) next.delete(id)
            else next.add(id)
          }
          return next
        })
      },
      toggleTo(runId) {
        const ids = runs.map((run) => run.runId)
        const from = Math.max(0, ids.indexOf(anchor.current ?? runId))
        const to = ids.indexOf(runId)
        const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1)
        setSelected((old) => new Set([...old, ...range]))
      },
      selectRange: (runIds) => setSelected((old) => new Set([...old, ...runIds])),
      selectAll: () => setSelected(selected.size > 0 ? new Set() : new Set(runs.map(({ runId }) => runId))),
      clear: () => setSelected(new Set()),
    }),
    [selected, runs],
  )
}
