// A run as people say it: its id, the beginning of it, or its name.
import { ConflictError, NotFoundError } from '../../base/index.js'
import type { Run } from '../store/index.js'
import type { TrackingBackend } from './backend.js'

/** Fewer digits are likely to be the beginning of several. */
const prefixPattern = /^[0-9a-f]{4,31}$/

/**
 * Finds a run by its id, the first digits of its id, or its name.
 *
 * @throws {@link NotFoundError}; {@link ConflictError} when there are several
 */
export async function findRun(backend: TrackingBackend, said: string): Promise<Run> {
  if (/^[0-9a-f]{32}$/.test(said)) return backend.getRun(said)
  const experimentIds = (await backend.experiments()).map(({ experimentId }) => experimentId)
  const search = async (filter: string): Promise<readonly Run[]> =>
    (await backend.searchRuns({ experimentIds, filter, viewType: 'ALL', maxResults: 3 })).runs
  const byId = prefixPattern.test(said) ? await search(`attributes.run_id LIKE '${said}%'`) : []
  // A filter has no way to write both kinds of quotes in one text.
  const quote = said.includes("'") ? '"' : "'"
  const found =
    byId.length > 0 || said.includes(quote)
      ? byId
      : await search(`attributes.run_name = ${quote}${said}${quote}`)
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    throw new ConflictError(
      `'${said}' means several runs: ${found.map(({ runId }) => runId).join(', ')}${found.length === 3 ? ' …' : ''}. Give an id.`,
      { kind: 'run', id: said },
    )
  }
  throw new NotFoundError(
    `There is no run '${said}' in '${backend.url}', neither by id nor by name. modelwright runs lists those that there are.`,
    { kind: 'run', id: said },
  )
}
