// Predictions in the format that `Accept` asks for, from texts of JSON for each row.
import { csvRecord } from '../body/csv.js'
import type { BodyFormat } from './body-type.js'

export const contentTypes: { readonly [F in BodyFormat]: string } = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  jsonlines: 'application/jsonlines; charset=utf-8',
}

/** MLflow's object, a record a row, or a value a line. */
export function predictionsText(rows: readonly string[], format: BodyFormat): string {
  switch (format) {
    case 'json':
      return `{"predictions":[${rows.join(',')}]}`
    case 'csv':
      return rows.map((text) => csvRecord(cellsOf(JSON.parse(text)))).join('')
    case 'jsonlines':
      return rows.map((text) => `${text}\n`).join('')
  }
}

type Cells = Parameters<typeof csvRecord>[0]

const cellsOf = (value: unknown): Cells =>
  Array.isArray(value) ? (value as Cells) : [value as Cells[number]]
