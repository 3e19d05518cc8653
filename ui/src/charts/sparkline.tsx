// A curve as small as a word.
import type { Figure } from '../../../src/app/http/api/page-types.js'
import { numberOf } from '../base/format.js'

const width = 92
const height = 20
const margin = 2

interface SparklineProps {
  readonly values: readonly Figure[]
  readonly label: string
}

export function Sparkline({ values, label }: SparklineProps) {
  const numbers = values.map(numberOf)
  const finite = numbers.filter(Number.isFinite)
  const low = Math.min(...finite)
  const span = Math.max(...finite) - low || 1
  const x = (i: number): number => margin + (i / Math.max(1, numbers.length - 1)) * (width - 2 * margin)
  const y = (value: number): number => height - margin - ((value - low) / span) * (height - 2 * margin)
  let path = ''
  let pen = 'M'
  numbers.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = 'M'
      return
    }
    path += `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`
    pen = 'L'
  })
  const last = numbers.at(-1)!
  return (
    <svg className="sparkline" width={width} height={height} role="img" aria-label={label}>
      <path d={path} />
      {Number.isFinite(last) && <circle cx={x(numbers.length - 1)} cy={y(last)} r="1.8" />}
    </svg>
  )
}
