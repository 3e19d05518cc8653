// Many runs held against each other: curves, what leads to what, any two figures, and all that differs.
import { Button, Tabs } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link } from 'wouter'
import type { RunCompared } from '../../../../src/app/http/api/page-types.js'
import { useLive } from '../../api/live.js'
import { comparedQuery, inPath } from '../../api/queries.js'
import { colorAt } from '../../base/colors.js'
import { plural } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Empty } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { Icon } from '../../parts/icon.js'
import { PageTitle } from '../../parts/page-title.js'
import { Waiting } from '../../parts/waiting.js'
import { appendPoints } from '../run/append-points.js'
import { MetricCharts } from '../run/metric-charts.js'
import { CompareTable } from './compare-table.js'
import { ParallelTab } from './parallel-tab.js'
import { ScatterTab } from './scatter-tab.js'
import '../../styles/run.css'
import '../../styles/charts.css'
import '../../styles/compare.css'

const noIds: readonly string[] = []

export function ComparePage() {
  const url = useUrlState()
  const ids = url.list('runs') ?? noIds
  const key = ids.join()
  const runIds = useMemo(() => [...new Set(key.split(',').filter(Boolean))], [key])
  const { data, error, refetch } = useQuery(comparedQuery(runIds))
  useNews(runIds)
  if (runIds.length === 0) return <NothingChosen />
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  const { runs } = data
  const missing = runIds.length - runs.length
  if (runs.length === 0) return <NothingChosen lost />
  const remove = (runId: string): void => url.set({ runs: runIds.filter((id) => id !== runId) })
  return (
    <div className="page">
      <PageTitle title={`Compare ${plural(runs.length, 'run')}`} trail={[{ text: 'Runs', to: '/runs' }]}>
        {missing > 0 && <span className="fault">{plural(missing, 'run')} of this link cannot be found.</span>}
      </PageTitle>
      <Chosen runs={runs} remove={remove} />
      <CompareTabs runs={runs} />
    </div>
  )
}

function CompareTabs({ runs }: { readonly runs: readonly RunCompared[] }) {
  const url = useUrlState()
  const metrics = useMemo(() => metricsOf(runs), [runs])
  return (
    <Tabs
      value={url.text('tab') ?? 'curves'}
      onChange={(value) => url.set({ tab: value === 'curves' || value === null ? undefined : value })}
      keepMounted={false}
    >
      <Tabs.List className="tabs">
        <Tabs.Tab value="curves">Curves</Tabs.Tab>
        <Tabs.Tab value="parallel">Parallel coordinates</Tabs.Tab>
        <Tabs.Tab value="scatter">Scatter</Tabs.Tab>
        <Tabs.Tab value="table">Table</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="curves">
        <MetricCharts runs={runs} metrics={metrics} />
      </Tabs.Panel>
      <Tabs.Panel value="parallel">
        <ParallelTab runs={runs} />
      </Tabs.Panel>
      <Tabs.Panel value="scatter">
        <ScatterTab runs={runs} />
      </Tabs.Panel>
      <Tabs.Panel value="table">
        <CompareTable runs={runs} />
      </Tabs.Panel>
    </Tabs>
  )
}

/** Metrics of all runs: those with a course first, then by how many have them. */
function metricsOf(runs: readonly RunCompared[]): readonly string[] {
  const found = new Map<string, { course: number; runs: number }>()
  for (const { metrics } of runs) {
    for (const { key, step, min, max } of metrics) {
      const known = found.get(key) ?? { course: 0, runs: 0 }
      known.course += step > 0 || min !== max ? 1 : 0
      known.runs++
      found.set(key, known)
    }
  }
  return [...found]
    .toSorted(
      ([a, x], [b, y]) => Math.sign(y.course) - Math.sign(x.course) || y.runs - x.runs || a.localeCompare(b),
    )
    .map(([name]) => name)
}

function useNews(runIds: readonly string[]): void {
  const queries = useQueryClient()
  useLive(runIds, {
    again: () => void queries.invalidateQueries({ queryKey: ['compared'] }),
    ready: () => void queries.invalidateQueries({ queryKey: ['curves'] }),
    run: () => void queries.invalidateQueries({ queryKey: ['compared'] }),
    points({ curves }) {
      appendPoints(queries, curves)
      void queries.invalidateQueries({ queryKey: ['compared'] })
    },
  })
}

interface ChosenProps {
  readonly runs: readonly RunCompared[]
  readonly remove: (runId: string) => void
}

function Chosen({ runs, remove }: ChosenProps) {
  return (
    <ul className="chosen" aria-label="Runs that are compared">
      {runs.map(({ runId, name }, i) => (
        <li key={runId}>
          <i style={{ background: colorAt(i) }} />
          <Link to={`/runs/${inPath(runId)}`} title={name}>
            {name}
          </Link>
          <button type="button" aria-label={`Leave ${name} out`} onClick={() => remove(runId)}>
            <Icon name="cross" size={11} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function NothingChosen({ lost = false }: { readonly lost?: boolean }) {
  return (
    <Empty icon="compare" title={lost ? 'None of these runs can be found' : 'Nothing to compare yet'}>
      <p>Select two runs or more in the table (Space, or the boxes), then press Compare.</p>
      <Button component={Link} to="/runs">
        Go to the runs
      </Button>
    </Empty>
  )
}
