// The first rows of a file of values.
import { useMemo } from 'react'
import { count } from '../../base/format.js'

/** Rows and columns of a look. */
const mostRows = 200
const mostColumns = 60

export function CsvTable({ text }: { readonly text: string }) {
  const { head, rows, more, columns } = useMemo(() => read(text, separatorOf(text)), [text])
  if (head.length === 0) return <p className="section-none">The file is empty.</p>
  return (
    <>
      <div className="table-scroll is-tall" tabIndex={0} role="region" aria-label="First rows">
        <table className="table">
          <thead>
            <tr>
              {head.map((name, i) => (
                <th scope="col" key={i}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(more || columns > head.length) && (
        <p className="section-none">
          The first{' '}
          {[
            more && `${count(rows.length)} rows`,
            columns > head.length && `${head.length} of ${count(columns)} columns`,
          ]
            .filter(Boolean)
            .join(' and ')}
          . Download the file for all.
        </p>
      )}
    </>
  )
}

/** What there is most of in the first line. */
const separatorOf = (text: string): string => {
  const [line = ''] = text.split('\n', 1)
  const times = (separator: string): number => line.split(separator).length
  return [',', ';', '\t'].toSorted((a, b) => times(b) - times(a))[0]!
}

/** RFC 4180, as far as a look needs it: quoted cells may hold separators, line ends and doubled quotes. */
function read(text: string, separator: string) {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  let columns = 0
  while (at < text.length && rows.length <= mostRows) {
    const { cell, end } = readCell(text, at, separator)
    if (row.length < mostColumns) row.push(cell)
    if (rows.length === 0) columns++
    at = end
    if (text[at] === separator) {
      at++
      continue
    }
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    rows.push(row)
    row = []
  }
  if (row.length > 0) rows.push(row)
  const [head = [], ...body] = rows
  return { head, rows: body.slice(0, mostRows), more: at < text.length, columns }
}

function readCell(
  text: string,
  start: number,
  separator: string,
): { readonly cell: string; readonly end: number } {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++
    return { cell: text.slice(start, end), end }
  }
  let end = start + 1
  while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1
  return { cell: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 }
}
