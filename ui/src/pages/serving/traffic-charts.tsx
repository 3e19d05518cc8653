// Requests, latency and errors over the last minutes, a curve for each version.
import { useMemo, useState } from 'react'
import type { TrafficBucket, VersionTraffic } from '../../../../src/app/http/api/page-types.js'
import { colorAt, dashAt } from '../../base/colors.js'
import { milliseconds } from '../../base/format.js'
import { LineChart, type Range } from '../../charts/line-chart.js'
import type { Series } from '../../charts/series.js'

/** Seconds of a bucket: the server says so too, but a curve of requests a second needs it before the first answer. */
const bucketSeconds = 10

const charts = [
  { title: 'Requests a second', of: ({ requests }: TrafficBucket) => requests / bucketSeconds },
  { title: 'Latency, median', of: ({ p50 }: TrafficBucket) => p50 ?? NaN, format: milliseconds },
  { title: 'Latency, 99 %', of: ({ p99 }: TrafficBucket) => p99 ?? NaN, format: milliseconds },
  { title: 'Errors a second', of: ({ errors }: TrafficBucket) => errors / bucketSeconds },
] as const

export function TrafficCharts({ traffic }: { readonly traffic: readonly VersionTraffic[] }) {
  const [zoom, setZoom] = useState<Range>()
  if (traffic.every(({ requests }) => requests === 0))
    return <p className="section-none">No request in this time. Try one below, and see it here.</p>
  return (
    <>
      {traffic.length > 1 && (
        <div className="legend" role="list" aria-label="Colors of the versions">
          {traffic.map(({ version }, i) => (
            <span key={version} role="listitem">
              <i style={{ background: colorAt(i) }} />
              {version === null ? 'Before a version was found' : `Version ${version}`}
            </span>
          ))}
        </div>
      )}
      <div className="charts">
        {charts.map((chart) => (
          <TrafficChart key={chart.title} {...chart} traffic={traffic} zoom={zoom} onZoom={setZoom} />
        ))}
      </div>
    </>
  )
}

interface TrafficChartProps {
  readonly title: string
  readonly of: (bucket: TrafficBucket) => number
  readonly format?: (value: number) => string
  readonly traffic: readonly VersionTraffic[]
  readonly zoom: Range | undefined
  readonly onZoom: (range: Range | undefined) => void
}

function TrafficChart({ title, of, format, traffic, zoom, onZoom }: TrafficChartProps) {
  const series = useMemo(
    () =>
      traffic.map(({ version, buckets }, i): Series => ({
        id: version ?? '',
        label: version === null ? 'None' : `Version ${version}`,
        color: colorAt(i),
        dash: dashAt(i),
        // The bucket that is being filled would always look like a fall.
        x: buckets.slice(0, -1).map(({ time }) => time),
        y: buckets.slice(0, -1).map(of),
      })),
    [traffic, of],
  )
  return (
    <article className="chart-card">
      <header>
        <h3>{title}</h3>
      </header>
      <LineChart
        title={title}
        series={series}
        xKind="time"
        log={false}
        smoothing={0}
        zoom={zoom}
        onZoom={onZoom}
        height={160}
        fromZero
        {...(format !== undefined && { format })}
      />
    </article>
  )
}
