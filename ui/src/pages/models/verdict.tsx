// What a gate found: the sentence, the interval as a picture, rule by rule.
import type { Verdict } from '../../../../src/app/http/registry-api/registry-types.js'
import { count, shortNumber } from '../../base/format.js'
import { Icon } from '../../parts/icon.js'
import { Mark } from '../../parts/status-badge.js'

export function VerdictShown({ verdict }: { readonly verdict: Verdict }) {
  return (
    <div className="verdict" data-passed={verdict.passed} role="status">
      <p>
        <Mark tone={verdict.passed ? 'good' : 'bad'}>{verdict.passed ? 'Passed' : 'Refused'}</Mark>
        {verdict.passed
          ? verdict.sentence
          : `Version ${verdict.challenger} may not become @${verdict.alias}, for the reasons below.`}
      </p>
      {verdict.gain !== undefined && <GainPicture gain={verdict.gain} metric={verdict.metric ?? ''} />}
      <ul>
        {verdict.checks.map(({ rule, passed, sentence }) => (
          <li key={rule} data-passed={passed}>
            <Icon name={passed ? 'check' : 'cross'} size={14} />
            <span className="visually-hidden">{passed ? 'Passed:' : 'Refused:'}</span>
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
      {verdict.data !== undefined && (
        <small>
          On {count(verdict.data.rows)} rows of {verdict.data.source}
        </small>
      )}
    </div>
  )
}

/** Pixels. */
const width = 440
const margin = 12

/** Where the gain lies, against nothing gained. */
function GainPicture({
  gain,
  metric,
}: {
  readonly gain: NonNullable<Verdict['gain']>
  readonly metric: string
}) {
  const reach = Math.max(Math.abs(gain.low), Math.abs(gain.high), Number.MIN_VALUE) * 1.15
  const x = (value: number): number => width / 2 + (value / reach) * (width / 2 - margin)
  return (
    <svg
      className="gain"
      viewBox={`0 0 ${width} 50`}
      role="img"
      aria-label={`Gain in ${metric} between ${shortNumber(gain.low)} and ${shortNumber(gain.high)}`}
    >
      <line x1={width / 2} x2={width / 2} y1="4" y2="32" className="gain-zero" />
      <line x1={x(gain.low)} x2={x(gain.high)} y1="18" y2="18" className="gain-range" />
      <circle cx={x(gain.gain)} cy="18" r="5" />
      <text x={width / 2} y="45" textAnchor="middle">
        no gain
      </text>
      <text x={x(gain.low)} y="10" textAnchor="middle">
        {shortNumber(gain.low)}
      </text>
      <text x={x(gain.high)} y="10" textAnchor="middle">
        {shortNumber(gain.high)}
      </text>
      <text x={margin} y="45">
        worse
      </text>
      <text x={width - margin} y="45" textAnchor="end">
        better
      </text>
    </svg>
  )
}
