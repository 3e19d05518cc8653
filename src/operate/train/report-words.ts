// What several parts of the report call things.
import type { Report } from '../../evaluate/report/index.js'
import type { Metric } from '../../metrics/index.js'
import type { FinishedJob } from './train.js'

export const metricInfo = ({ name, label, greaterIsBetter }: Metric): Report['job']['metric'] => ({
  name,
  label,
  greaterIsBetter,
})

export const sourceName = ({ settings }: FinishedJob): string =>
  settings.source ?? settings.sql ?? 'a table in memory'
