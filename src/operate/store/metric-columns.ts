// Points of metrics in columns: a thousand of them go to the thread of the store as five pieces of memory, not as thousand objects.

/** One value of a metric. */
export interface MetricPoint {
  readonly key: string
  readonly value: number
  readonly step: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** The logged model that was measured, and the data it was measured on. */
  readonly modelId?: string | undefined
  readonly datasetName?: string | undefined
  readonly datasetDigest?: string | undefined
}

export interface MetricColumns {
  /** Each name once. */
  readonly keys: readonly string[]
  /** By point: the place of its name. */
  readonly key: Uint32Array
  readonly step: Float64Array
  readonly timestamp: Float64Array
  readonly value: Float64Array
}

/** Columns for so many points, with room for names. */
export interface ColumnBuilder {
  readonly columns: MetricColumns
  /** The place of a name, which is added where it is new. */
  place(key: string): number
}

export function metricColumns(count: number): ColumnBuilder {
  const keys: string[] = []
  const places = new Map<string, number>()
  return {
    columns: {
      keys,
      key: new Uint32Array(count),
      step: new Float64Array(count),
      timestamp: new Float64Array(count),
      value: new Float64Array(count),
    },
    place(key) {
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, keys.length)
      return keys.push(key) - 1
    },
  }
}

export function columnsOfPoints(points: readonly MetricPoint[]): MetricColumns {
  const { columns, place } = metricColumns(points.length)
  for (const [i, point] of points.entries()) {
    columns.key[i] = place(point.key)
    columns.step[i] = point.step
    columns.timestamp[i] = point.timestamp
    columns.value[i] = point.value
  }
  return columns
}
