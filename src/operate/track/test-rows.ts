// The rows that a model was judged on, kept with its run: promotion compares later versions on them.
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Table, writeTable } from '../../data/index.js'
import { attempter, type AttemptOptions } from './attempt.js'
import type { TrackedRun } from './run-options.js'

/** Where promotion looks for them among the artifacts of a run. */
const place = { folder: 'evaluation', name: 'test.parquet' } as const

/** How many were kept, of how many; `none` where that was asked for, so that a rerun keeps none either. */
export const testRowsTag = 'modelwright.testRows'

/** A gain of half a percent shows on so many rows: the interval of a share is then 0.6 percent wide. */
const mostRows = 100_000
/** Ten million numbers are up to 80 MB as they are, and a second or two to write. */
const mostCells = 1e7
/** Texts have any length: what is still larger than this is not kept. */
const mostBytes = 64 * 2 ** 20

/** Keeps them, or as many of them as there is room for. */
export async function keepTestRows(run: TrackedRun, rows: Table, attempts: AttemptOptions): Promise<void> {
  const most = Math.min(mostRows, Math.max(1, Math.floor(mostCells / rows.names.length)))
  const kept = evenly(rows, most)
  const folder = await mkdtemp(join(tmpdir(), 'modelwright-rows-'))
  try {
    const file = join(folder, place.name)
    const written = await attempter(run.id, attempts)(() => writeTable(kept, file))
    if (!written) return
    const fits = (await stat(file)).size <= mostBytes
    if (fits) await run.logArtifact(file, place.folder)
    await run.setTag(testRowsTag, fits ? `${kept.rowCount} of ${rows.rowCount}` : 'too large')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Rows from begin to end, equally far apart: of rows in the order of time, some of each time. */
function evenly(rows: Table, most: number): Table {
  const { rowCount } = rows
  if (rowCount <= most) return rows
  return rows.take(Int32Array.from({ length: most }, (_, i) => Math.floor((i * rowCount) / most)))
}
