// Where training goes on.
import { UsageError } from '../../../base/index.js'
import { latestCheckpoint, loadCheckpoint, type TrainingCheckpoint } from '../checkpoints/index.js'
import type { FitNetworkOptions } from './train-options.js'

/**
 * The checkpoint to go on from, and how messages call it; undefined for the start.
 *
 * @throws {@link NotFoundError} when there is none where one is named; {@link FormatError} when it is damaged
 */
export async function resumePoint({
  resume,
  checkpoint,
}: FitNetworkOptions): Promise<readonly [TrainingCheckpoint | undefined, string]> {
  if (resume === undefined || resume === false) return [undefined, '']
  if (typeof resume === 'string') return [await loadCheckpoint(resume), `The checkpoint '${resume}'`]
  if (resume !== true) return [resume, 'The checkpoint']
  if (checkpoint === undefined)
    throw new UsageError(
      'fitNetwork: resume: true takes the latest checkpoint of checkpoint.folder, which is not given. Give checkpoint: { folder }, or the path: resume.',
      { argument: 'resume' },
    )
  const latest = await latestCheckpoint(checkpoint.folder)
  return latest === undefined ? [undefined, ''] : [await loadCheckpoint(latest), `The checkpoint '${latest}'`]
}
