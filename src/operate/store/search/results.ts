// How many results a page has.
import { UsageError } from '../../../base/index.js'

/** MLflow's limit. */
const mostResults = 50_000
const defaultResults = 1000

/** @throws {@link UsageError} unless it is a whole number between 1 and 50,000 */
export function checkedResults(maxResults = defaultResults): number {
  if (Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= mostResults) return maxResults
  throw new UsageError(
    `Invalid value for request parameter max_results. It must be at least 1 and at most ${mostResults}, but got value ${maxResults}`,
    { argument: 'max_results' },
  )
}
