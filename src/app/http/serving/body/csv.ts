// CSV of requests and answers, by RFC 4180: a record as cells and back.
import { LimitError, UsageError } from '../../../../base/index.js'
import { type FoundRecord, longestRecord, recordSplitter } from './split-records.js'

const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y

/** Columns of one row, as in bodies of JSON; a row of more is held up longer by its names than by the model. */
const mostCells = 100_000

/**
 * The cells of a record.
 *
 * @throws {@link UsageError} for a quote that is not closed or stands within a cell; {@link LimitError} for more than 100,000 cells
 */
export function csvCells(record: string): string[] {
  const cells: string[] = []
  if (!record.includes('"')) {
    const plain = record.split(',', mostCells + 1)
    if (plain.length > mostCells) throw tooManyCells()
    return plain
  }
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
    if (cells.length >= mostCells) throw tooManyCells()
    at += whole.length
  }
}

const tooManyCells = (): LimitError =>
  new LimitError(
    `A record of the CSV has more than ${mostCells} cells, which no row has. End records with a line end, and send the columns of the model only.`,
    { option: 'body', limit: mostCells },
  )

/** A value as a cell. */
export function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A record, with its line end. */
export const csvRecord = (cells: readonly Parameters<typeof csvCell>[0][]): string =>
  `${cells.map(csvCell).join(',')}\n`

/** Lines of a body, empty ones included: a million takes half a second (measured). Rows have a lower limit of their own. */
const mostRecords = 1_000_000
/** Characters that are split before the number of records is looked at again. */
const piece = 2 ** 18

/** The records of a whole text, in which there are cells; empty lines are none. @throws {@link LimitError} for what is endless */
export function csvRecords(text: string): string[] {
  const records = text.includes('"') ? quotedRecords(text) : text.split(/\r?\n/, mostRecords + 1)
  if (records.length > mostRecords) throw tooMuch(`has more than ${mostRecords} lines`, mostRecords)
  if (records.some(({ length }) => length > longestRecord))
    throw tooMuch(`has a record of more than ${longestRecord} characters`, longestRecord)
  return records.filter((record) => record !== '')
}

/** Line ends within quotes end no record. */
function quotedRecords(text: string): string[] {
  const splitter = recordSplitter({ quotes: true })
  const found: string[] = []
  const take = (records: readonly FoundRecord[]): void => {
    for (const { text: record, tooLong } of records) {
      if (tooLong) throw tooMuch(`has a record of more than ${longestRecord} characters`, longestRecord)
      found.push(record)
    }
  }
  for (let at = 0; at < text.length && found.length <= mostRecords; at += piece)
    take(splitter.push(text.slice(at, at + piece)))
  const open = splitter.push(text.endsWith('\n') ? '' : '\n')
  const last = splitter.end()
  take([...open, ...(last === undefined ? [] : [last])])
  return found
}

const tooMuch = (what: string, limit: number): LimitError =>
  new LimitError(`The CSV body ${what}. Send it in parts.`, { option: 'body', limit })
