// Metrics as nearly all of them come: read in one pass, straight into columns. What is not plain is left to the reader that explains.
import { metricColumns, type MetricColumns } from '../../../operate/store/index.js'
import { isPlainName } from './limits.js'

/** Undefined when some of them are not plain: numbers as texts, unusual names, models, mistakes. */
export function plainMetrics(list: unknown): MetricColumns | undefined {
  if (!Array.isArray(list)) return undefined
  const { columns, place } = metricColumns(list.length)
  for (let i = 0; i < list.length; i++) {
    const point = list[i] as PlainPoint | null
    if (typeof point !== 'object' || point === null) return undefined
    const { key, value, timestamp, step = 0 } = point
    if (typeof key !== 'string' || typeof value !== 'number') return undefined
    if (!isWhole(timestamp) || timestamp < 0 || !isWhole(step) || point.model_id) return undefined
    const before = columns.keys.length
    columns.key[i] = place(key)
    if (columns.keys.length > before && !isPlainName(key)) return undefined
    columns.step[i] = step
    columns.timestamp[i] = timestamp
    columns.value[i] = value
  }
  return columns
}

interface PlainPoint {
  readonly key?: unknown
  readonly value?: unknown
  readonly timestamp?: unknown
  readonly step?: unknown
  readonly model_id?: unknown
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
