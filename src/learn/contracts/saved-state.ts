// The state of a saved model or transform, as far as it can be checked without knowing its kind.
import { FormatError } from '../../base/index.js'
import type { ColumnType, Field } from '../../data/index.js'
import { decodeState, type ModelDocument } from './document.js'
import type { Label } from './target.js'
import type { TextCodes } from './text-codes.js'

export interface SavedState<State> {
  readonly inputs: readonly Field[]
  readonly fitted: State
}

const types: readonly ColumnType[] = ['number', 'boolean', 'timestamp', 'string']

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isField = (value: unknown): value is Field =>
  isObject(value) && typeof value['name'] === 'string' && types.includes(value['type'] as ColumnType)

const isLabel = (value: unknown): value is Label =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/**
 * The inputs and what was fitted.
 *
 * @throws {@link FormatError} when the document was cut or changed
 */
export function savedState<State>(document: ModelDocument): SavedState<State> {
  const state = decodeState(document.state)
  const { inputs, fitted } = isObject(state) ? state : {}
  if (!Array.isArray(inputs) || !inputs.every(isField)) throw damaged(document, 'its inputs are no columns')
  if (!isObject(fitted)) throw damaged(document, 'nothing that was fitted is in it')
  return { inputs, fitted: fitted as State }
}

/** The classes of a saved learner; empty for values. @throws {@link FormatError} */
export function savedClasses(document: ModelDocument, predicts: 'classes' | 'values'): readonly Label[] {
  const { classes } = document.state as { readonly classes?: unknown }
  const fits =
    Array.isArray(classes) && classes.every(isLabel) && classes.length > 0 === (predicts === 'classes')
  if (!fits) throw damaged(document, 'its classes are no labels')
  return decodeState(classes) as readonly Label[]
}

/** The codes of text columns; undefined where there are none. @throws {@link FormatError} */
export function savedCodes(document: ModelDocument): TextCodes | undefined {
  const { codes } = document.state as { readonly codes?: unknown }
  if (codes === undefined) return undefined
  const found = decodeState(codes)
  if (Array.isArray(found) && found.every((one) => one === null || isTextMap(one))) return found as TextCodes
  throw damaged(document, 'its codes are no lists of texts')
}

const isTextMap = (value: unknown): boolean =>
  isObject(value) &&
  Array.isArray(value['keys']) &&
  value['keys'].every((key) => typeof key === 'string') &&
  value['values'] instanceof Float64Array &&
  value['values'].length === value['keys'].length &&
  typeof value['absent'] === 'number'

/** A document that no fitted model wrote as it is. */
export function damaged({ kind }: Pick<ModelDocument, 'kind'>, what: string, cause?: unknown): FormatError {
  return new FormatError(
    `The document of a '${kind}' is damaged: ${what}. Take it again from where it was written.`,
    { format: 'modelwright', kind },
    cause,
  )
}
