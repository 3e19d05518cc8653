// Tables as text: CSV by RFC 4180, JSON lines.
import type { Column } from './column.js'
import { isoText } from './infer/index.js'
import type { Table } from './table.js'

/** The line of names. */
export const csvHeader = (table: Table, delimiter: string): string =>
  `${table.names.map((name) => csvCell(name, delimiter)).join(delimiter)}\n`

/** The rows, each with its line end. */
export function csvRows(table: Table, delimiter: string): string {
  const formats = new Map(table.fields.map(({ name, format }) => [name, format]))
  const cells = table.names.map((name) =>
    csvColumn(table.col(name), { delimiter, format: formats.get(name) }),
  )
  // An empty line is no row; a single missing cell is written as quotes.
  const empty = cells.length === 1 ? '""' : ''
  let text = ''
  for (let row = 0; row < table.rowCount; row++) {
    for (let column = 0; column < cells.length; column++) {
      const cell = cells[column]!(row)
      text += (column > 0 ? delimiter : '') + (cell === '' ? empty : cell)
    }
    text += '\n'
  }
  return text
}

/** A cell that would be read otherwise is quoted: delimiters, quotes, line ends, outer white space. */
function csvCell(text: string, delimiter: string): string {
  if (!text.includes(delimiter) && !/["\r\n]|^\s|\s$/.test(text)) return text
  return `"${text.replaceAll('"', '""')}"`
}

interface CsvStyle {
  readonly delimiter: string
  readonly format: string | undefined
}

function csvColumn(column: Column, { delimiter, format }: CsvStyle): (row: number) => string {
  switch (column.type) {
    case 'string': {
      const { codes, dictionary } = column
      const quoted = new Map<number, string>()
      return (row) => {
        const code = codes[row]!
        if (code < 0) return ''
        let cell = quoted.get(code)
        if (cell === undefined) {
          cell = csvCell(dictionary[code]!, delimiter)
          quoted.set(code, cell)
        }
        return cell
      }
    }
    case 'boolean': {
      const cells = (column.labels ?? ['false', 'true']).map((label) => csvCell(label, delimiter))
      return (row) => cells[column.values[row]!] ?? ''
    }
    case 'timestamp':
      return (row) => (Number.isNaN(column.values[row]!) ? '' : isoText(new Date(column.values[row]!)))
    default:
      // In this notation '1.234' would read as 1234.
      if (format === 'decimal-comma') {
        return (row) => csvCell(numberText(column.values[row]!).replace('.', ','), delimiter)
      }
      return (row) => numberText(column.values[row]!)
  }
}

const numberText = (value: number): string => {
  if (Number.isNaN(value)) return ''
  return Object.is(value, -0) ? '-0' : String(value)
}

/** The rows as JSON objects, one a line. */
export function jsonRows(table: Table): string {
  const keys = table.names.map((name) => JSON.stringify(name))
  const columns = table.names.map((name) => table.col(name))
  let text = ''
  for (let row = 0; row < table.rowCount; row++) {
    const cells = columns.map((column, i) => `${keys[i]}:${jsonCell(column, row)}`)
    text += `{${cells.join(',')}}\n`
  }
  return text
}

function jsonCell(column: Column, row: number): string {
  const value = column.at(row)
  if (value === null) return 'null'
  // JSON has no infinity; it is not a value a learner could use either.
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : 'null'
  if (value instanceof Date) return `"${isoText(value)}"`
  return JSON.stringify(value)
}
