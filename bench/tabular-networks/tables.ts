// The tables that networks are compared on.

export interface NetworkTable {
  /** The file, without `.csv.gz`. */
  readonly name: string
  readonly target: string
  readonly task: 'auto' | 'regression'
  readonly unit: 'AUC' | 'log loss' | 'RMSE'
  /** Tenths of the rows that are judged on in turn; of large tables one tells enough. */
  readonly folds: readonly string[]
}

const three = ['0', '1', '2']
const one = ['0']
// Settings were chosen on the first folds of these tables: others judge them.
const otherThree = ['3', '4', '5']
const otherOne = ['3']

/** All but adult, which has a division of its own; small ones first. */
export const tables: readonly NetworkTable[] = [
  { name: 'vehicle', target: 'Class', task: 'auto', unit: 'log loss', folds: otherThree },
  { name: 'credit_g', target: 'class', task: 'auto', unit: 'AUC', folds: otherThree },
  { name: 'segment', target: 'class', task: 'auto', unit: 'log loss', folds: three },
  { name: 'phoneme', target: 'Class', task: 'auto', unit: 'AUC', folds: otherOne },
  {
    name: 'california_housing',
    target: 'median_house_value',
    task: 'regression',
    unit: 'RMSE',
    folds: otherOne,
  },
  { name: 'letter', target: 'class', task: 'auto', unit: 'log loss', folds: one },
  { name: 'diamonds', target: 'price', task: 'regression', unit: 'RMSE', folds: one },
]
