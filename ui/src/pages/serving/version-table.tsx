// The versions of a model in service, with how they did in the last minutes.
import type { ServedModels, VersionTraffic } from '../../../../src/app/http/api/page-types.js'
import { bytes, count, milliseconds, percent } from '../../base/format.js'
import { Mark, type Tone } from '../../parts/status-badge.js'

type ServedVersion = ServedModels['models'][number]['versions'][number]

const states: Readonly<Record<ServedVersion['state'], readonly [string, Tone]>> = {
  ready: ['Ready', 'good'],
  loading: ['Loading', 'busy'],
  draining: ['Draining', 'warn'],
  unloaded: ['Not loaded', 'quiet'],
  failed: ['Broken', 'bad'],
}

interface VersionTableProps {
  readonly model: ServedModels['models'][number]
  readonly traffic: readonly VersionTraffic[]
  readonly minutes: number
}

export function VersionTable({ model, traffic, minutes }: VersionTableProps) {
  const weights = Object.values(model.traffic).reduce((sum, weight) => sum + weight, 0)
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Versions of ${model.model}`}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">State</th>
            {weights > 0 && (
              <th scope="col" className="num">
                Share
              </th>
            )}
            <th scope="col" className="num">
              Requests
            </th>
            <th scope="col" className="num">
              Errors
            </th>
            <th scope="col" className="num" title="Half of the requests were answered in this time">
              Median
            </th>
            <th scope="col" className="num" title="99 of 100 requests were answered in this time">
              99 %
            </th>
            <th scope="col" className="num">
              Memory
            </th>
          </tr>
        </thead>
        <tbody>
          {model.versions.map((version) => (
            <VersionRow
              key={version.version}
              version={version}
              traffic={traffic.find((each) => each.version === version.version)}
              share={weights > 0 ? (model.traffic[version.version] ?? 0) / weights : undefined}
              minutes={minutes}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface VersionRowProps {
  readonly version: ServedVersion
  readonly traffic: VersionTraffic | undefined
  readonly share: number | undefined
  readonly minutes: number
}

function VersionRow({ version, traffic, share, minutes }: VersionRowProps) {
  const [word, tone] = states[version.state]
  const requests = traffic?.requests ?? 0
  const errors = traffic?.errors ?? 0
  const codes = Object.entries(traffic?.errorCodes ?? {})
  return (
    <tr>
      <th scope="row">
        {version.version}
        {version.aliases.map((alias) => (
          <code key={alias} className="alias">
            @{alias}
          </code>
        ))}
      </th>
      <td>
        <Mark tone={tone}>{word}</Mark>
        {version.reason !== undefined && <p className="fault">{version.reason}</p>}
      </td>
      {share !== undefined && <td className="num">{percent(share)}</td>}
      <td className="num" title={`${(requests / minutes / 60).toFixed(2)} a second`}>
        {count(requests)}
      </td>
      <td
        className="num"
        title={codes.map(([code, number]) => `${code}: ${count(number)}`).join('\n') || undefined}
      >
        {errors === 0 ? '0' : `${count(errors)} (${percent(errors / requests)})`}
      </td>
      <td className="num">{milliseconds(traffic?.p50 ?? null)}</td>
      <td className="num">{milliseconds(traffic?.p99 ?? null)}</td>
      <td className="num">{bytes(version.bytes)}</td>
    </tr>
  )
}
