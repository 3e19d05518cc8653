// Values that were logged once, as bars beside each other: a curve of one point says nothing.
import { shortNumber } from '../base/format.js'
import type { Series } from './series.js'

/** Bars that fit a card; the table has them all. */
const most = 6

export function Bars({ series }: { readonly series: readonly Series[] }) {
  const values = series.map(({ y }) => y[0]!)
  const greatest = Math.max(...values.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE)
  return (
    <ul className="bars">
      {series.slice(0, most).map(({ id, label, color, y }) => (
        <li key={id}>
          <span title={label}>{label}</span>
          <b title={String(y[0])}>{shortNumber(y[0]!)}</b>
          <i style={{ width: `${(Math.abs(y[0]!) / greatest) * 100 || 0}%`, background: color }} />
        </li>
      ))}
      {series.length > most && <li className="bars-more">and {series.length - most} more runs</li>}
    </ul>
  )
}
