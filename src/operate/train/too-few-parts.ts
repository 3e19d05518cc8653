// When rows cannot be divided: the split's error in the terms of who asked for a training job.
import { DataError } from '../../base/index.js'
import type { SplitRules } from './divide.js'

/**
 * Divides rows.
 *
 * @throws {@link DataError} that names the group column, or the columns that were left out
 */
export function inUserTerms<T>(rules: SplitRules, divide: () => T): T {
  try {
    return divide()
  } catch (error) {
    if (!DataError.is(error) || error.details['expected'] === undefined) throw error
    throw new DataError(sentence(rules), error.details, error)
  }
}

function sentence({ group, leftOut = [] }: SplitRules): string {
  if (group !== undefined) {
    return `All rows to learn from are of one group of '${group.names[0]}', expected two groups at least beside one to judge on. Choose a finer group (--group), or none.`
  }
  const equal = 'All rows to learn from are equal in the columns that are used, expected different ones.'
  if (leftOut.length === 0) return `${equal} Give more columns, or other rows.`
  const names = leftOut.map((name) => `'${name}'`).join(', ')
  return `${equal} ${names} ${leftOut.length === 1 ? 'was' : 'were'} left out, as giving the target away. Give more columns; or keep (--keep) what is known before the target is.`
}
