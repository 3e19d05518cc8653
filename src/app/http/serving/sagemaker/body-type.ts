// What a body of `/invocations` is and what the answer shall be, by the headers of the request.
import { quote } from '../../../../base/index.js'
import type { CsvHeader } from '../mlflow/csv-rows.js'

export type BodyFormat = 'json' | 'csv' | 'jsonlines'

export interface BodyType {
  readonly format: BodyFormat
  readonly header: CsvHeader
}

const formats: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/jsonlines': 'jsonlines',
  'application/x-jsonlines': 'jsonlines',
  'application/jsonl': 'jsonlines',
  'application/x-ndjson': 'jsonlines',
}

/** The type, or why it is not taken, in a sentence: a status of its own answers that. A body without one is JSON. */
export function bodyTypeOf(contentType: string | undefined): BodyType | { readonly refused: string } {
  const [type = '', ...parameters] = (contentType ?? 'application/json').split(';').map((part) => part.trim())
  const format = Object.hasOwn(formats, type.toLowerCase()) ? formats[type.toLowerCase()] : undefined
  if (format === undefined) {
    return {
      refused: `The Content-Type ${quote(contentType)} is not taken here. Send application/json, text/csv or application/jsonlines.`,
    }
  }
  let header: CsvHeader
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().toLowerCase())
    if (name === 'charset' && !/^"?(utf-?8|us-ascii)"?$/.test(value)) {
      return { refused: `The charset ${quote(value)} is not taken here. Send UTF-8.` }
    }
    if (name === 'header') header = value === 'absent' ? 'absent' : 'present'
  }
  return { format, header }
}

/** The format of the answer: the first that `Accept` names and that there is; JSON for anything. */
export function answerFormatOf(accept: string | undefined): BodyFormat | { readonly refused: string } {
  const wanted = (accept ?? '').split(',').map((part) => part.split(';')[0]!.trim().toLowerCase())
  for (const type of wanted) {
    if (type === '' || type === '*/*' || type === 'application/*') return 'json'
    if (type === 'text/*') return 'csv'
    if (Object.hasOwn(formats, type)) return formats[type]!
  }
  return {
    refused: `Accept ${quote(accept)} names nothing that this server gives: application/json, text/csv, application/jsonlines.`,
  }
}
