// One run: what went in, what came out, and how it went, live while it goes.
import { Button, Tabs } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { askJson } from '../../api/client.js'
import { useLive } from '../../api/live.js'
import { runQuery, serverQuery } from '../../api/queries.js'
import { searchOf, useUrlState } from '../../base/url-state.js'
import { Id } from '../../parts/copy.js'
import { Failure } from '../../parts/failure.js'
import { Icon } from '../../parts/icon.js'
import { PageTitle } from '../../parts/page-title.js'
import { Mark, StatusBadge } from '../../parts/status-badge.js'
import { Waiting } from '../../parts/waiting.js'
import { When } from '../../parts/when.js'
import { Lasting } from '../runs/cells.js'
import { Artifacts } from './artifacts.js'
import { Environment } from './environment.js'
import { Lineage } from './lineage.js'
import { MetricCharts } from './metric-charts.js'
import { RunName } from './run-name.js'
import { RunOverview } from './run-overview.js'
import { appendPoints } from './append-points.js'
import { Report } from './report.js'
import '../../styles/run.css'
import '../../styles/charts.css'

export function RunPage({ runId }: { readonly runId: string }) {
  const { data: run, error, refetch } = useQuery(runQuery(runId))
  if (run !== undefined) return <RunShown run={run} />
  return error === null ? <Waiting /> : <Failure error={error} retry={() => void refetch()} />
}

function RunShown({ run }: { readonly run: RunDetail }) {
  const url = useUrlState()
  const tab = url.text('tab') ?? 'overview'
  useRunNews(run)
  const { data: server } = useQuery(serverQuery)
  const files = server?.artifacts === true
  return (
    <div className="page">
      <PageTitle
        title={run.name}
        heading={<RunName run={run} />}
        trail={[
          { text: 'Runs', to: '/runs' },
          { text: run.experimentName, to: `/runs${searchOf({ experiments: [run.experimentId] })}` },
        ]}
        actions={<RunActions run={run} />}
      >
        <StatusBadge status={run.status} />
        {run.lifecycleStage === 'deleted' && <Mark tone="warn">Deleted</Mark>}
        <Id id={run.runId} what="the id of this run" />
        <span>
          Started <When time={run.startTime} />
        </span>
        <span>
          Took <Lasting run={run} />
        </span>
        {run.userId !== '' && <span>By {run.userId}</span>}
      </PageTitle>
      <Tabs
        value={tab}
        onChange={(value) => url.set({ tab: value === 'overview' || value === null ? undefined : value })}
        keepMounted={false}
      >
        <Tabs.List className="tabs">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="curves">Curves</Tabs.Tab>
          {files && <Tabs.Tab value="report">Report</Tabs.Tab>}
          {files && <Tabs.Tab value="artifacts">Artifacts</Tabs.Tab>}
          <Tabs.Tab value="lineage">Lineage</Tabs.Tab>
          <Tabs.Tab value="environment">Environment</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <RunOverview run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="curves">
          <MetricCharts
            runs={[run]}
            metrics={byInterest(run.metrics)}
            latest={new Map(run.metrics.map((metric) => [metric.key, metric]))}
          />
        </Tabs.Panel>
        <Tabs.Panel value="report">
          <Report runId={run.runId} />
        </Tabs.Panel>
        <Tabs.Panel value="artifacts">
          <Artifacts runId={run.runId} />
        </Tabs.Panel>
        <Tabs.Panel value="lineage">
          <Lineage run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="environment">
          <Environment run={run} hasFiles={files} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

/** Metrics with a course before those that were logged once. */
const byInterest = (metrics: RunDetail['metrics']): readonly string[] => [
  ...metrics.filter(hasCourse).map(({ key }) => key),
  ...metrics.filter((metric) => !hasCourse(metric)).map(({ key }) => key),
]

const hasCourse = ({ step, min, max }: RunDetail['metrics'][number]): boolean => step > 0 || min !== max

/** Follows the run while it goes. */
function useRunNews(run: RunDetail): void {
  const queries = useQueryClient()
  const { queryKey } = runQuery(run.runId)
  const again = (): void => void queries.invalidateQueries({ queryKey })
  useLive([run.runId], {
    ready: () => void queries.invalidateQueries({ queryKey: ['curves'] }),
    run: again,
    again,
    points({ curves }) {
      appendPoints(queries, curves)
      again()
    },
  })
}

function RunActions({ run }: { readonly run: RunDetail }) {
  const queries = useQueryClient()
  const deleted = run.lifecycleStage === 'deleted'
  const change = useMutation({
    mutationFn: () =>
      askJson(`/api/v1/runs/${deleted ? 'restore' : 'delete'}`, {
        method: 'POST',
        body: { runIds: [run.runId] },
      }),
    onSuccess: () => queries.invalidateQueries(),
  })
  const family = [run.runId, ...run.children.map(({ runId }) => runId)].slice(0, 100)
  return (
    <>
      {run.children.length > 0 && (
        <Button
          component={Link}
          to={`/compare${searchOf({ runs: family })}`}
          variant="default"
          leftSection={<Icon name="compare" size={14} />}
        >
          Compare with its children
        </Button>
      )}
      <Button
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate()}
        leftSection={<Icon name={deleted ? 'restore' : 'trash'} size={14} />}
      >
        {deleted ? 'Restore' : 'Delete'}
      </Button>
      {change.error !== null && (
        <span role="alert" className="fault">
          {change.error.message}
        </span>
      )}
    </>
  )
}
