// Curves of many metrics of one run or of several, with what they have in common: the axis, smoothing, a zoom that all share.
import { SegmentedControl, Slider, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Curve, MetricSummary, RunHead } from '../../../../src/app/http/api/page-types.js'
import { curvesQuery } from '../../api/queries.js'
import { colorAt, dashAt } from '../../base/colors.js'
import { numberOf, shortNumber } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Bars } from '../../charts/bars.js'
import { LineChart, type Range } from '../../charts/line-chart.js'
import type { XKind } from '../../charts/scale.js'
import { placesOf, type Series, valuesOf } from '../../charts/series.js'
import { Failure } from '../../parts/failure.js'
import { Waiting } from '../../parts/waiting.js'

/** Charts on the page before a button asks for more: each is a canvas and a request. */
const firstCharts = 12
/** Curves that the server gives at once. */
const mostCurves = 1000
/** Twice the pixels of a chart for each of twenty curves; more curves share what a browser draws at once. */
const pointsOf = (runs: number): number => Math.max(100, Math.min(800, Math.round(16_000 / runs)))

interface MetricChartsProps {
  readonly runs: readonly Pick<RunHead, 'runId' | 'name'>[]
  readonly metrics: readonly string[]
  readonly latest?: ReadonlyMap<string, MetricSummary>
}

export function MetricCharts({ runs, metrics, latest }: MetricChartsProps) {
  const url = useUrlState()
  const find = url.text('find') ?? ''
  const [most, setMost] = useState(firstCharts)
  const [zoom, setZoom] = useState<Range>()
  const xKind = (url.text('axis') ?? 'step') as XKind
  const log = url.flag('log')
  const smoothing = Math.min(0.99, Number(url.text('smooth') ?? 0) || 0)
  const found = metrics.filter((key) => key.toLowerCase().includes(find.toLowerCase()))
  const shown = found.slice(0, most)
  return (
    <div className="metric-charts">
      <div className="chart-tools">
        <TextInput
          aria-label="Find a metric"
          placeholder="Find a metric"
          value={find}
          onChange={(event) => url.set({ find: event.currentTarget.value || undefined })}
          w={190}
        />
        <SegmentedControl
          aria-label="Horizontal axis"
          value={xKind}
          onChange={(value) => {
            setZoom(undefined)
            url.set({ axis: value === 'step' ? undefined : value })
          }}
          data={[
            { value: 'step', label: 'Step' },
            { value: 'relative', label: 'Duration' },
            { value: 'time', label: 'Time' },
          ]}
        />
        <Switch
          label="Logarithmic"
          checked={log}
          onChange={(event) => url.set({ log: event.currentTarget.checked ? '1' : undefined })}
        />
        <div className="smoothing">
          <span id="smoothing-label">Smoothing</span>
          <Slider
            size="sm"
            w={120}
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing}
            onChange={(value) => url.set({ smooth: value === 0 ? undefined : String(value) })}
            label={(value) => value.toFixed(2)}
            thumbProps={{ 'aria-labelledby': 'smoothing-label' }}
          />
        </div>
      </div>
      {shown.length === 0 ? (
        <p className="section-none">
          {metrics.length === 0 ? 'No metric has been logged.' : `No metric has “${find}” in its name.`}
        </p>
      ) : (
        <div className="charts">
          {batchesOf(shown, runs.length).map((batch) => (
            <Charts
              key={batch[0]}
              {...{ runs, log, smoothing, xKind, zoom, setZoom }}
              metrics={batch}
              latest={latest}
            />
          ))}
        </div>
      )}
      {found.length > most && (
        <button type="button" className="more" onClick={() => setMost(most * 2)}>
          Show more of {found.length} metrics
        </button>
      )}
    </div>
  )
}

/** Metrics that are asked for together; those that come later leave the requests before them as they are. */
function batchesOf(metrics: readonly string[], runs: number): readonly (readonly string[])[] {
  const size = Math.max(1, Math.min(firstCharts, Math.floor(mostCurves / runs)))
  return Array.from({ length: Math.ceil(metrics.length / size) }, (_, i) =>
    metrics.slice(i * size, (i + 1) * size),
  )
}

interface ChartsProps {
  readonly runs: MetricChartsProps['runs']
  readonly metrics: readonly string[]
  readonly latest: ReadonlyMap<string, MetricSummary> | undefined
  readonly log: boolean
  readonly smoothing: number
  readonly xKind: XKind
  readonly zoom: Range | undefined
  readonly setZoom: (zoom: Range | undefined) => void
}

function Charts({ runs, metrics, latest, ...rest }: ChartsProps) {
  const runIds = runs.map(({ runId }) => runId)
  const { data, error, refetch } = useQuery(
    curvesQuery({ runIds, keys: metrics, points: pointsOf(runs.length) }),
  )
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting rows={6} />
  return metrics.map((key) => (
    <ChartCard
      key={key}
      name={key}
      runs={runs}
      curves={curvesOf(data.curves, key)}
      latest={latest?.get(key)}
      {...rest}
    />
  ))
}

/** The same list for the same answer: a chart draws anew only when its own curves have changed. */
const lists = new WeakMap<readonly Curve[], Map<string, readonly Curve[]>>()

function curvesOf(all: readonly Curve[], key: string): readonly Curve[] {
  const known = lists.get(all) ?? new Map<string, readonly Curve[]>()
  lists.set(all, known)
  const list = known.get(key) ?? all.filter((curve) => curve.key === key)
  known.set(key, list)
  return list
}

interface ChartCardProps extends Omit<ChartsProps, 'metrics' | 'latest'> {
  readonly name: string
  readonly curves: readonly Curve[]
  readonly latest: MetricSummary | undefined
}

function ChartCard({ name, runs, curves, latest, xKind, log, smoothing, zoom, setZoom }: ChartCardProps) {
  const series = useMemo(() => seriesOf(runs, curves, xKind), [runs, curves, xKind])
  const once = series.length > 0 && series.every(({ x }) => x.length === 1)
  return (
    <article className="chart-card">
      <header>
        <h3 title={name}>{name}</h3>
        {latest !== undefined && (
          <span title={String(latest.value)}>{shortNumber(numberOf(latest.value))}</span>
        )}
      </header>
      {once ? (
        <Bars series={series} />
      ) : (
        <LineChart title={name} {...{ series, xKind, log, smoothing, zoom }} onZoom={setZoom} />
      )}
    </article>
  )
}

export const seriesOf = (
  runs: readonly Pick<RunHead, 'runId' | 'name'>[],
  curves: readonly Curve[],
  xKind: XKind,
): readonly Series[] =>
  runs.flatMap(({ runId, name }, i) =>
    curves
      .filter((curve) => curve.runId === runId)
      .map((curve) => ({
        id: runId,
        label: name,
        color: colorAt(i),
        dash: dashAt(i),
        x: placesOf(curve, xKind),
        y: valuesOf(curve),
      })),
  )
