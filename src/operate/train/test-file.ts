// A test part from a file of its own: read in the types of the training data, never changed, and compared with it.
import {
  conform,
  type ReadOptions,
  readTable,
  rowHashes,
  type RowHashes,
  type Table,
  verbatimNames,
} from '../../data/index.js'
import { DataError, type WorkOptions } from '../../base/index.js'
import type { LeakageFinding } from '../../evaluate/leakage/index.js'
import type { LearningData } from '../../evaluate/validation/index.js'
import { classCodes, numberOf } from '../bundle/index.js'
import { labelsOf, type Target, valueTarget } from '../../learn/contracts/index.js'
import type { TrainSettings } from './train-options.js'
import type { TrainWarning } from './train-result.js'

/** How the files of a job are written. */
export const textOptions = ({
  header,
  encoding,
}: TrainSettings): Pick<ReadOptions, 'header' | 'encoding'> => ({
  header: header ?? undefined,
  encoding,
})

/** What is judged on, and the same rows as they were read. @throws {@link DataError} when no row of the file can be judged on */
export async function testFromFile(
  whole: LearningData,
  settings: TrainSettings,
  given: { readonly work: WorkOptions; readonly warnings: TrainWarning[] },
): Promise<{ readonly data: LearningData; rows(): Table }> {
  const raw = await readTable(settings.testFile!, {
    ...given.work,
    ...textOptions(settings),
    verbatim: verbatimNames(whole.x.fields),
  })
  const labels = labelsOf(raw.col(settings.target))
  const { target: targetName, group, drop } = settings
  const x = conform(raw, whole.x.fields, {
    ignore: [targetName, ...drop, ...(group === null ? [] : [group])],
    onWarning: (warning) => given.warnings.push({ ...warning, column: warning.column ?? null }),
  })
  const codeOf = whole.target.type === 'values' ? numberOf : classCodes(whole.target.classes)
  const rows: number[] = []
  const codes: number[] = []
  for (let row = 0; row < labels.length; row++) {
    const code = codeOf(labels[row])
    if (code === undefined) continue
    rows.push(row)
    codes.push(code)
  }
  if (rows.length === 0) {
    throw new DataError(`'${settings.testFile}' has no row with a known value of '${settings.target}'.`, {
      count: 0,
    })
  }
  if (rows.length < labels.length) {
    given.warnings.push({
      code: 'test-rows-left-out',
      column: settings.target,
      message: `${labels.length - rows.length} rows of the test file have no target, or one that was not learned; they are not judged on.`,
    })
  }
  const target: Target =
    whole.target.type === 'values'
      ? valueTarget(codes)
      : { type: 'classes', classes: whole.target.classes, codes: Int32Array.from(codes) }
  return { data: { x: x.take(rows), target }, rows: () => raw.take(rows) }
}

/** Rows of the test part that are also in the training part: they flatter the score. */
export function sharedRows(train: LearningData, test: LearningData): LeakageFinding[] {
  const known = new Set(hashKeys(rowHashes(train.x)))
  const shared = hashKeys(rowHashes(test.x)).filter((key) => known.has(key)).length
  if (shared === 0) return []
  const percent = Math.round((shared / test.x.rowCount) * 1000) / 10
  return [
    {
      code: 'shared-rows',
      columns: [],
      message: `${shared} rows of the test part (${percent} %) have the same features as a training row, so that scores may flatter. They are judged on all the same, as the file is yours: take them out of one of the two for an honest score.`,
      evidence: { rows: shared, share: shared / test.x.rowCount },
      drop: false,
    },
  ]
}

function hashKeys({ low, high }: RowHashes): string[] {
  return Array.from(low, (word, row) => `${word}:${high[row]}`)
}
