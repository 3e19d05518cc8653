// Finding a metric by name, ours or scikit-learn's.
import { closestName, InvalidOptionError, quote } from '../base/index.js'
import type { Metric } from './metric.js'
import { type MetricName, METRICS } from './metric-table.js'
import type { Task } from './problem.js'

// Other names of the same thing, after `_` became `-` and a leading `neg-` fell away.
const ALIASES: Readonly<Record<string, MetricName>> = {
  auc: 'roc-auc',
  'roc-auc-ovr': 'roc-auc',
  'roc-auc-ovr-weighted': 'roc-auc-weighted',
  'average-precision': 'pr-auc',
  logloss: 'log-loss',
  'cross-entropy': 'log-loss',
  'brier-score': 'brier',
  'matthews-corrcoef': 'mcc',
  'matthews-correlation': 'mcc',
  'cohen-kappa': 'kappa',
  'cohen-kappa-score': 'kappa',
  'root-mean-squared-error': 'rmse',
  'mean-squared-error': 'mse',
  'mean-absolute-error': 'mae',
  'median-absolute-error': 'median-ae',
  'mean-absolute-percentage-error': 'mape',
}

/**
 * The metrics that a report shows for a task, the deciding ones first.
 *
 * @example
 * ```ts
 * metricsFor('regression').map((metric) => metric.name)
 * // => ['rmse', 'mae', 'r2', 'median-ae', 'mape', 'mse', 'explained-variance']
 * ```
 */
export function metricsFor(task: Task): readonly Metric<MetricName>[] {
  return METRICS.filter((metric) => (metric.tasks as readonly Task[]).includes(task))
}

/**
 * The metric of that name for a task; scikit-learn's spellings (`roc_auc`, `neg_log_loss`) are understood.
 * A `neg_` name finds the loss itself, for which smaller is better.
 *
 * @throws {@link InvalidOptionError} if there is none, or it is not for this task; names those there are
 * @example
 * ```ts
 * findMetric('neg_root_mean_squared_error', 'regression').name // => 'rmse'
 * ```
 */
export function findMetric(name: string, task: Task): Metric<MetricName> {
  const plain = name.trim().toLowerCase().replaceAll('_', '-').replace(/^neg-/, '')
  const wanted = ALIASES[plain] ?? plain
  const candidates = metricsFor(task)
  const found = candidates.find((metric) => metric.name === wanted)
  if (found !== undefined) return found
  const names = candidates.map((metric) => metric.name)
  const elsewhere = METRICS.some((metric) => metric.name === wanted)
  // `f1` of several classes exists only with its average: the names that begin alike are the nearest.
  const closest = names.find((other) => other.startsWith(`${wanted}-`)) ?? closestName(wanted, names)
  throw new InvalidOptionError(
    `metric: ${elsewhere ? `${quote(name)} is not for a ${task} target` : `there is no metric ${quote(name)}`} — ` +
      `expected one of ${names.join(', ')}.${closest === undefined ? '' : ` Did you mean '${closest}'?`}`,
    { option: 'metric', expected: names, received: name, closest },
  )
}

/**
 * The metric that decides when none is asked for: ranking for two classes, the probabilities of several, RMSE for numbers.
 *
 * @example
 * ```ts
 * defaultMetric('multiclass').name // => 'log-loss'
 * ```
 */
export function defaultMetric(task: Task): Metric<MetricName> {
  return findMetric({ binary: 'roc-auc', multiclass: 'log-loss', regression: 'rmse' }[task], task)
}
