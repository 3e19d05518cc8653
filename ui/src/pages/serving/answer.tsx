// What a model answered: the prediction, how sure it is, what spoke for it, and what is unlike training.
import { percent, shortNumber } from '../../base/format.js'
import { Icon } from '../../parts/icon.js'

type Label = string | number | boolean | null

/** The answer to rows, of which the form sends one; or to tensors. */
export interface PredictAnswer {
  readonly model: string
  readonly version: string
  readonly requestId: string
  readonly predictions?: readonly Label[]
  readonly probabilities?: readonly Readonly<Record<string, number>>[]
  readonly intervals?: readonly { readonly low: number; readonly high: number }[]
  readonly warnings?: readonly (readonly string[])[]
  readonly contributions?: readonly (readonly { readonly column: string; readonly value: number }[])[]
  readonly outputs?: Readonly<Record<string, unknown>>
}

interface AnswerProps {
  readonly answer: PredictAnswer | undefined
  readonly error: Error | null
}

export function Answer({ answer, error }: AnswerProps) {
  return (
    <div className="answer" aria-live="polite">
      {error !== null ? (
        <p role="alert" className="fault">
          {error.message}
        </p>
      ) : answer === undefined ? (
        <p className="none">The answer appears here. What is left empty counts as missing.</p>
      ) : answer.outputs !== undefined ? (
        <pre className="preview-text" tabIndex={0}>
          {JSON.stringify(answer.outputs, undefined, 1)}
        </pre>
      ) : (
        <RowAnswer answer={answer} />
      )}
    </div>
  )
}

const said = (value: Label | undefined): string =>
  typeof value === 'number' ? shortNumber(value) : String(value)

function RowAnswer({ answer }: { readonly answer: PredictAnswer }) {
  const interval = answer.intervals?.[0]
  return (
    <>
      <p className="answer-value">
        <small>Prediction of version {answer.version}</small>
        <output>{said(answer.predictions?.[0])}</output>
        {interval !== undefined && (
          <small>
            90 % of such cases lie between {shortNumber(interval.low)} and {shortNumber(interval.high)}
          </small>
        )}
      </p>
      <Probabilities shares={answer.probabilities?.[0]} />
      <Contributions values={answer.contributions?.[0]} />
      {answer.warnings?.[0]?.map((warning) => (
        <p key={warning} className="answer-warning">
          <Icon name="warning" size={13} />
          {warning}
        </p>
      ))}
    </>
  )
}

function Probabilities({ shares }: { readonly shares: Readonly<Record<string, number>> | undefined }) {
  if (shares === undefined) return null
  const sorted = Object.entries(shares).toSorted(([, a], [, b]) => b - a)
  return (
    <ul className="profile-bars" aria-label="Probabilities">
      {sorted.slice(0, 10).map(([label, share]) => (
        <li key={label}>
          <span>{label}</span>
          <i>
            <b style={{ width: `${share * 100}%` }} />
          </i>
          <small>{percent(share)}</small>
        </li>
      ))}
    </ul>
  )
}

function Contributions({
  values,
}: {
  readonly values: readonly { readonly column: string; readonly value: number }[] | undefined
}) {
  if (values === undefined) return null
  const sorted = values.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 10)
  const most = Math.abs(sorted[0]?.value ?? 1) || 1
  return (
    <ul className="profile-bars" aria-label="What each column added">
      {sorted.map(({ column, value }) => (
        <li key={column}>
          <span title={column}>{column}</span>
          <i>
            <b
              data-sign={value < 0 ? 'minus' : 'plus'}
              style={{ width: `${(Math.abs(value) / most) * 100}%` }}
            />
          </i>
          <small>
            {value > 0 ? '+' : ''}
            {shortNumber(value)}
          </small>
        </li>
      ))}
    </ul>
  )
}
