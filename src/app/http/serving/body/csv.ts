// CSV of requests and answers, by RFC 4180: a record as cells and back.
import { UsageError } from '../../../../base/index.js'
import { recordSplitter } from './split-records.js'

const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y

/** The cells of a record. @throws {@link UsageError} for a quote that is not closed or stands within a cell */
export function csvCells(record: string): string[] {
  const cells: string[] = []
  for (let at = 0; ;) {
    cell.lastIndex = at
    const match = cell.exec(record)
    if (match === null) {
      throw new UsageError(
        `The CSV record has a quote that is not closed, or one inside a cell that is not quoted, at character ${at + 1}. Quote cells with "…", and write a quote in them twice.`,
        { argument: 'body' },
      )
    }
    const [whole, quoted, plain, end] = match
    cells.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'))
    if (end === '') return cells
    at += whole.length
  }
}

/** A value as a cell. */
export function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A record, with its line end. */
export const csvRecord = (cells: readonly Parameters<typeof csvCell>[0][]): string =>
  `${cells.map(csvCell).join(',')}\n`

/** The records of a whole text; empty lines are none. @throws {@link UsageError} as {@link csvCells} */
export function csvRecords(text: string): string[][] {
  const splitter = recordSplitter({ quotes: true })
  const found = splitter.push(text.endsWith('\n') ? text : `${text}\n`)
  const open = splitter.end()
  return [...found, ...(open === undefined ? [] : [open])]
    .filter((record) => record.text !== '')
    .map((record) => csvCells(record.text))
}
