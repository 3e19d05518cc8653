// Models in service: how each version is doing, and a try.
import { Alert, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ServedModels, VersionTraffic } from '../../../../src/app/http/api/page-types.js'
import { serverQuery, servingQuery, statisticsQuery } from '../../api/queries.js'
import { plural } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Empty, Snippet } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { PageTitle } from '../../parts/page-title.js'
import { Section } from '../../parts/section.js'
import { Waiting } from '../../parts/waiting.js'
import { TrafficCharts } from './traffic-charts.js'
import { TryIt } from './try-it.js'
import { VersionTable } from './version-table.js'
import '../../styles/run.css'
import '../../styles/charts.css'
import '../../styles/serving.css'

type ServedModel = ServedModels['models'][number]

export function ServingPage() {
  const { data: server, error, refetch } = useQuery(serverQuery)
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (server === undefined) return <Waiting />
  return server.serving ? <InService /> : <NothingServed />
}

const noTraffic: readonly VersionTraffic[] = []

function InService() {
  const url = useUrlState()
  const minutes = Number(url.text('minutes') ?? 15)
  const { data, error, refetch } = useQuery(servingQuery)
  const { data: statistics } = useQuery(statisticsQuery(minutes))
  if (error !== null && data === undefined) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  if (data.models.length === 0) return <NothingServed />
  const model = data.models.find((each) => each.model === url.text('model')) ?? data.models[0]!
  const unknown = url.text('model') !== undefined && model.model !== url.text('model')
  return (
    <div className="page">
      <PageTitle
        title="Serving"
        actions={
          <SegmentedControl
            aria-label="How far back"
            value={String(minutes)}
            onChange={(value) => url.set({ minutes: value === '15' ? undefined : value })}
            data={[
              { value: '5', label: '5 min' },
              { value: '15', label: '15 min' },
              { value: '60', label: '1 h' },
            ]}
          />
        }
      >
        <span>{plural(data.models.length, 'model')} in service</span>
        {error !== null && <span className="fault">{error.message}</span>}
      </PageTitle>
      {unknown && (
        <Alert color="yellow">
          There is no model “{url.text('model')}” in service here any more. This is {model.model}.
        </Alert>
      )}
      <div className="serving">
        <ModelList
          models={data.models}
          statistics={statistics?.versions ?? noTraffic}
          chosen={model.model}
          choose={(name) => url.set({ model: name, version: undefined }, { push: true })}
        />
        <ModelShown
          key={model.model}
          model={model}
          statistics={statistics?.versions ?? noTraffic}
          minutes={minutes}
        />
      </div>
    </div>
  )
}

interface ModelListProps {
  readonly models: readonly ServedModel[]
  readonly statistics: readonly VersionTraffic[]
  readonly chosen: string
  readonly choose: (model: string) => void
}

function ModelList({ models, statistics, chosen, choose }: ModelListProps) {
  return (
    <Section title="Models">
      <ul className="tree">
        {models.map(({ model, versions }) => {
          const requests = statistics
            .filter((each) => each.model === model)
            .reduce((sum, each) => sum + each.requests, 0)
          const failed = versions.some(({ state }) => state === 'failed')
          return (
            <li key={model}>
              <button
                type="button"
                aria-current={model === chosen ? 'true' : undefined}
                onClick={() => choose(model)}
              >
                <span title={model}>{model}</span>
                <small>{failed ? 'broken' : plural(requests, 'request')}</small>
              </button>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

interface ModelShownProps {
  readonly model: ServedModel
  readonly statistics: readonly VersionTraffic[]
  readonly minutes: number
}

function ModelShown({ model, statistics, minutes }: ModelShownProps) {
  const own = useMemo(
    () =>
      statistics
        .filter((each) => each.model === model.model)
        .toSorted((a, b) => (a.version ?? '').localeCompare(b.version ?? '', 'en', { numeric: true })),
    [statistics, model.model],
  )
  return (
    <div className="run-column">
      <Section title={model.model} note={plural(model.versions.length, 'version')}>
        <VersionTable model={model} traffic={own} minutes={minutes} />
      </Section>
      <TrafficCharts traffic={own} />
      <TryIt model={model} />
    </div>
  )
}

function NothingServed() {
  return (
    <Empty icon="serving" title="No model is in service here">
      <p>Start a server with a model: a bundle that a training wrote, or an alias of the registry.</p>
      <Snippet label="Command line">
        {'npx modelwright serve ./my-model\nnpx modelwright serve prices@champion'}
      </Snippet>
    </Empty>
  )
}
