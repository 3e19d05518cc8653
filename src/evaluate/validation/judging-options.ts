// Options that judging calls have in common, declared once.
import { custom, type OptionSpec } from '../../base/index.js'
import { defaultMetric, findMetric, type Metric, type Task } from '../../metrics/index.js'

/** A metric, or its name; undefined for the one that decides a task. */
export const metricOption: OptionSpec<string | Metric | undefined> = custom<string | Metric | undefined>({
  default: undefined,
  expected: 'the name of a metric, or a metric',
  accepts: (value) =>
    typeof value === 'string' ||
    (typeof value === 'object' && value !== null && 'score' in value && 'prepare' in value),
})

/** The metric that is meant. @throws {@link InvalidOptionError} for an unknown name */
export function metricFor(given: string | Metric | undefined, task: Task): Metric {
  if (given === undefined) return defaultMetric(task)
  return typeof given === 'string' ? findMetric(given, task) : given
}

const isList = (value: unknown): boolean => typeof value === 'object' && value !== null && 'length' in value

/** A column, or a number for each row. */
export const rowsOption: OptionSpec<string | ArrayLike<number> | undefined> = custom<
  string | ArrayLike<number> | undefined
>({
  default: undefined,
  expected: 'the name of a column, or a list of one number per row',
  accepts: (value) => typeof value === 'string' || isList(value),
})
