// The table of runs with what chooses its rows and columns. All of it stands in the address.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import type { ExperimentSummary, RunSearch } from '../../../../src/app/http/api/page-types.js'
import { RequestError } from '../../api/client.js'
import { columnsQuery, experimentsQuery, inPath } from '../../api/queries.js'
import { count } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Empty, Snippet } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { Waiting } from '../../parts/waiting.js'
import { FirstRun } from './first-run.js'
import { itemsOf } from './grouping.js'
import {
  columnOf,
  nameColumn,
  projectionOf,
  type RunColumn,
  searchName,
  usualColumns,
} from './run-columns.js'
import { RunsGrid } from './runs-grid.js'
import { RunsToolbar } from './runs-toolbar.js'
import { SelectionBar } from './selection-bar.js'
import { useRuns, type RunsShown } from './use-runs.js'
import { useSelection } from './use-selection.js'
import '../../styles/runs.css'

/** Runs that are fetched for grouping: groups of a part of the runs would say something false. */
const mostGrouped = 10_000

const noIds: readonly string[] = []
const noColumns: readonly RunColumn[] = []

export function RunsPage() {
  useEffect(() => {
    document.title = 'Runs · Modelwright'
  }, [])
  const { experimentIds, view, columns, group, known, fault, again } = useView()
  const shown = useRuns(useSearch(view, experimentIds, columns?.concat(group ?? [])))
  const shownColumns = columns ?? noColumns
  const { data: experiments } = useQuery(experimentsQuery)
  const needsAll = group !== undefined && !shown.complete && shown.runs.length < mostGrouped
  useEffect(() => {
    if (needsAll) shown.more()
  })
  return (
    <div className="runs-page">
      <h1 className="visually-hidden">Runs</h1>
      <RunsToolbar
        view={view}
        experiments={experiments?.experiments ?? []}
        experimentIds={experimentIds}
        shown={shown}
        columns={shownColumns}
        known={known}
      />
      {fault === null ? (
        <RunsBody
          {...{ view, shown, group }}
          columns={shownColumns}
          experiments={experiments?.experiments ?? []}
        />
      ) : (
        <Failure error={fault} retry={again} />
      )}
    </div>
  )
}

export type View = ReturnType<typeof useUrlState>

function useView() {
  const view = useUrlState()
  const experimentText = view.text('experiments')
  const experimentIds = useMemo(() => experimentText?.split(',').filter(Boolean) ?? noIds, [experimentText])
  const { data: known, error: columnsError, refetch } = useQuery(columnsQuery(experimentIds))
  const columnsText = JSON.stringify(view.list('columns') ?? null)
  const columns = useMemo(() => {
    const ids = (JSON.parse(columnsText) as readonly string[] | null) ?? (known && usualColumns(known))
    return ids && [nameColumn, ...ids].map(columnOf).filter((column) => column !== undefined)
  }, [columnsText, known])
  const groupText = view.text('group')
  const group = useMemo(() => (groupText === undefined ? undefined : columnOf(groupText)), [groupText])
  return {
    view,
    experimentIds,
    columns,
    group,
    known,
    fault: columns === undefined ? columnsError : null,
    again: () => void refetch(),
  }
}

/** Undefined until the columns are known. */
function useSearch(
  view: View,
  experimentIds: readonly string[],
  columns: readonly RunColumn[] | undefined,
): RunSearch | undefined {
  const filter = view.text('filter')
  const order = view.text('order')
  const deleted = view.text('view') === 'deleted'
  const projection = columns && JSON.stringify(projectionOf(columns))
  return useMemo(
    () =>
      projection !== undefined
        ? {
            experimentIds,
            filter,
            orderBy: order === undefined ? [] : [order],
            viewType: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
            columns: JSON.parse(projection) as RunSearch['columns'],
          }
        : undefined,
    [experimentIds, filter, order, deleted, projection],
  )
}

interface BodyProps {
  readonly view: View
  readonly shown: RunsShown
  readonly group: RunColumn | undefined
  readonly columns: readonly RunColumn[]
  readonly experiments: readonly ExperimentSummary[]
}

function RunsBody({ view, shown, group, columns, experiments }: BodyProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [, go] = useLocation()
  const items = useMemo(() => itemsOf(shown.runs, group, closed), [shown.runs, group, closed])
  const selection = useSelection(shown.runs, view)
  const names = useMemo(
    () => new Map(experiments.map(({ experimentId, name }) => [experimentId, name])),
    [experiments],
  )
  const experimentName = useCallback((id: string) => names.get(id) ?? id, [names])
  const pinned = view.list('pinned') ?? noIds
  const ids = columns.slice(1).map(({ id }) => id)
  // Rows from before a key ran out are no reason not to ask for another one.
  if (shown.error !== null && (shown.runs.length === 0 || isKeyless(shown.error))) {
    if (isFilterFault(shown.error)) return <UnreadableFilter view={view} />
    if (shown.error instanceof RequestError && shown.error.details['argument'] === 'order_by')
      return <UnreadableOrder view={view} error={shown.error} />
    return <Failure error={shown.error} retry={shown.again} />
  }
  if (shown.loading) return <Waiting rows={14} />
  if (shown.runs.length === 0 && shown.complete) return <NoRuns view={view} total={shown.total ?? 0} />
  return (
    <>
      <RunsGrid
        items={items}
        runs={shown.runs}
        columns={columns}
        pinned={pinned}
        order={view.text('order')}
        selected={selection.selected}
        rowCount={shown.complete ? items.length : (shown.total ?? items.length)}
        busy={shown.old}
        experimentName={experimentName}
        actions={{
          ...selection,
          more: shown.more,
          open: (runId) => go(`/runs/${inPath(runId)}`),
          fold: (key) =>
            setClosed((old) => {
              const next = new Set(old)
              if (!next.delete(key)) next.add(key)
              return next
            }),
          order: (order) => view.set({ order }),
          pin: (id) =>
            view.set({
              pinned: pinned.includes(id) ? pinned.filter((other) => other !== id) : [...pinned, id],
            }),
          hide: (id) => view.set({ columns: ids.filter((other) => other !== id) }),
          groupBy: (id) => view.set({ group: id }),
          filterBy: (id) =>
            window.dispatchEvent(new CustomEvent('filter-by', { detail: searchName(columnOf(id)!) })),
        }}
      />
      <SelectionBar selection={selection} deleted={view.text('view') === 'deleted'} again={shown.again} />
    </>
  )
}

const isKeyless = (error: Error): boolean => error instanceof RequestError && error.status === 401

/** What is wrong with a filter is said below it, where it is mended. */
export const isFilterFault = (error: Error): boolean =>
  error instanceof RequestError && error.status === 400 && error.details['argument'] === 'filter'

/** A link may ask for an order that there is not, and nothing on the page would mend it. */
function UnreadableOrder({ view, error }: { readonly view: View; readonly error: Error }) {
  return (
    <Empty icon="search" title="The runs cannot be put into this order">
      <p>{error.message}</p>
      <Button variant="default" onClick={() => view.set({ order: undefined })}>
        Newest first
      </Button>
    </Empty>
  )
}

function UnreadableFilter({ view }: { readonly view: View }) {
  return (
    <Empty icon="search" title="The filter cannot be read">
      <p>What is wrong with it stands below it. A filter looks like this:</p>
      <Snippet label="Filter">metrics.rmse &lt; 0.5 and params.model = 'ridge'</Snippet>
      <Button variant="default" onClick={() => view.set({ filter: undefined })}>
        Clear the filter
      </Button>
    </Empty>
  )
}

function NoRuns({ view, total }: { readonly view: View; readonly total: number }) {
  if (view.text('view') === 'deleted' && total === 0)
    return (
      <Empty icon="trash" title="Nothing is deleted">
        <p>Runs that you delete stay here until they are removed for good, and can be restored.</p>
      </Empty>
    )
  if (total === 0 && view.text('filter') === undefined) return <FirstRun />
  return (
    <Empty icon="search" title="No run matches">
      <p>None of {count(total)} runs fits this filter.</p>
      <Button variant="default" onClick={() => view.set({ filter: undefined })}>
        Clear the filter
      </Button>
    </Empty>
  )
}
