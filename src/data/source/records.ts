// Splits the head of a file into records, for finding the dialect and the column names. The rows themselves are DuckDB's.

export interface Dialect {
  readonly delimiter: string
  /** Empty: quotes are ordinary characters. */
  readonly quote: '"' | ''
  readonly escape: '"' | '\\'
}

export interface Records {
  readonly rows: readonly (readonly string[])[]
  /** Quoted cells that go on after their closing quote: the dialect is wrong, or the file. */
  readonly malformed: number
}

/** The first records of a text; an unfinished last one is left out unless the text is whole. */
export function splitRecords(
  text: string,
  dialect: Dialect,
  { whole, limit }: { readonly whole: boolean; readonly limit: number },
): Records {
  const rows: string[][] = []
  let malformed = 0
  let row: string[] = []
  let at = 0
  while (at < text.length && rows.length < limit) {
    const cell = nextCell(text, at, dialect)
    if (cell.malformed) malformed++
    row.push(cell.value)
    at = cell.end
    if (at >= text.length) {
      if (whole) rows.push(row)
      break
    }
    if (text[at] === dialect.delimiter) {
      at++
      // A delimiter as the very last character opens one more, empty cell.
      if (at >= text.length && whole) rows.push([...row, ''])
      continue
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    rows.push(row)
    row = []
  }
  return { rows, malformed }
}

interface Cell {
  readonly value: string
  /** Where the delimiter, the line end or the end of the text stands. */
  readonly end: number
  readonly malformed: boolean
}

function nextCell(text: string, start: number, dialect: Dialect): Cell {
  if (dialect.quote !== '' && text[start] === dialect.quote) return quotedCell(text, start, dialect)
  const end = cellEnd(text, start, dialect.delimiter)
  return { value: text.slice(start, end), end, malformed: false }
}

function quotedCell(text: string, start: number, { delimiter, quote, escape }: Dialect): Cell {
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const doubled =
      text[at] === escape && (text[at + 1] === quote || (escape === '\\' && text[at + 1] === escape))
    if (doubled) {
      value += text.slice(from, at)
      from = at + 1
      at++
    } else if (text[at] === quote) {
      value += text.slice(from, at)
      const end = cellEnd(text, at + 1, delimiter)
      return { value: value + text.slice(at + 1, end), end, malformed: end !== at + 1 }
    }
  }
  return { value: value + text.slice(from), end: text.length, malformed: true }
}

function cellEnd(text: string, start: number, delimiter: string): number {
  let at = start
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++
  return at
}
