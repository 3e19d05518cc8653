// JSON Schemas of a model, from its signature: its rows and its answers.
import type { Field } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'

type Schema = Readonly<Record<string, unknown>>

/** A row with all columns; others are ignored. */
export function rowSchema(columns: readonly Field[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map((field) => [field.name, cellSchema(field)])),
    required: columns.map(({ name }) => name),
  }
}

function cellSchema({ type, labels, format }: Field): Schema {
  switch (type) {
    case 'number':
      return { type: ['number', 'null'] }
    case 'boolean':
      return labels === undefined ? { type: ['boolean', 'null'] } : { enum: [...labels, true, false, null] }
    case 'timestamp':
      return {
        type: ['string', 'null'],
        ...(format === undefined
          ? { format: 'date-time' }
          : { description: `A date or time in the notation of training ('${format}') or in ISO 8601.` }),
      }
    default:
      return { type: ['string', 'null'] }
  }
}

const text: Schema = { type: 'string' }
const number: Schema = { type: 'number' }
const head = { model: text, version: text, requestId: text }

const listOf = (items: Schema): Schema => ({ type: 'array', items })

const contributions = listOf({
  type: 'object',
  properties: { column: text, value: number },
  required: ['column', 'value'],
})

/** The answers to one row and to rows. */
export function answerSchemas(description: VersionDescription): {
  readonly single: Schema
  readonly rows: Schema
} {
  const { prediction, shares, interval } = parts(description)
  const single = {
    ...head,
    prediction,
    ...(shares !== undefined && { probabilities: shares }),
    ...(interval !== undefined && { interval }),
    warnings: listOf(text),
    contributions,
  }
  const rows = {
    ...head,
    predictions: listOf(prediction),
    ...(shares !== undefined && { probabilities: listOf(shares) }),
    ...(interval !== undefined && { intervals: listOf(interval) }),
    warnings: listOf(listOf(text)),
    contributions: listOf(contributions),
  }
  return {
    single: {
      type: 'object',
      properties: single,
      required: ['model', 'version', 'requestId', 'prediction', 'warnings'],
    },
    rows: {
      type: 'object',
      properties: rows,
      required: ['model', 'version', 'requestId', 'predictions', 'warnings'],
    },
  }
}

interface Parts {
  readonly prediction: Schema
  readonly shares: Schema | undefined
  readonly interval: Schema | undefined
}

function parts({ task, classes }: VersionDescription): Parts {
  if (task === 'regression') {
    const interval = { type: 'object', properties: { low: number, high: number }, required: ['low', 'high'] }
    return { prediction: number, shares: undefined, interval }
  }
  const names = classes.map(String)
  const shares = {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'number', minimum: 0, maximum: 1 }])),
    required: names,
  }
  return { prediction: { enum: classes }, shares, interval: undefined }
}
