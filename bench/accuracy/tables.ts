// The tables of the accuracy bars, with the figures of others.

export interface BenchTable {
  /** The file, without `.csv.gz`. */
  readonly name: string
  readonly target: string
  readonly task: 'auto' | 'regression'
  readonly unit: 'AUC' | 'log loss' | 'RMSE'
  /** What boosting alone and what the chosen model must reach; undefined: told without a bar. */
  readonly bars: { readonly boosting?: number; readonly chosen?: number }
  readonly peer: string
}

const means = 'AutoML Benchmark (means of ten folds)'
const peer = (lightGbm: number, autoGluon: number): string =>
  `LightGBM ${lightGbm}, AutoGluon ${autoGluon}: ${means}`

/** Cross-validated tables; folds are our own, so only means compare. */
export const tables: readonly BenchTable[] = [
  {
    name: 'vehicle',
    target: 'Class',
    task: 'auto',
    unit: 'log loss',
    bars: { boosting: 0.529, chosen: 0.529 },
    peer: peer(0.529, 0.287),
  },
  {
    name: 'credit_g',
    target: 'class',
    task: 'auto',
    unit: 'AUC',
    bars: { boosting: 0.741, chosen: 0.741 },
    peer: peer(0.741, 0.803),
  },
  {
    name: 'phoneme',
    target: 'Class',
    task: 'auto',
    unit: 'AUC',
    bars: { boosting: 0.956, chosen: 0.956 },
    peer: peer(0.956, 0.971),
  },
  {
    name: 'segment',
    target: 'class',
    task: 'auto',
    unit: 'log loss',
    bars: { boosting: 0.077, chosen: 0.077 },
    peer: peer(0.077, 0.054),
  },
  {
    name: 'california_housing',
    target: 'median_house_value',
    task: 'regression',
    unit: 'RMSE',
    bars: { boosting: 47_000 },
    peer: 'scikit-learn 1.2 HistGradientBoosting 47,689, with 500 slow trees 46,276 (ten folds)',
  },
  {
    name: 'australian',
    target: 'A15_class',
    task: 'auto',
    unit: 'AUC',
    bars: {},
    peer: peer(0.933, 0.942),
  },
  {
    name: 'abalone',
    target: 'Rings',
    task: 'regression',
    unit: 'RMSE',
    bars: {},
    peer: peer(2.15, 2.05),
  },
]
