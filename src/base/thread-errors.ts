// Errors between threads: a message of a thread carries no classes.
import { type ErrorDetails, ModelwrightError } from './errors.js'

/** An error as a message takes it. */
export interface PlainError {
  readonly message: string
  /** Where it was thrown on purpose. */
  readonly code?: string | undefined
  readonly details?: ErrorDetails | undefined
  /** Where it was thrown, in the other thread. */
  readonly stack?: string | undefined
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, stack } = error
  if (!ModelwrightError.is(error)) return { message, stack }
  // What a message does not take, such as functions, goes; `details` are data.
  return {
    message,
    stack,
    code: error.code,
    details: JSON.parse(JSON.stringify(error.details)) as ErrorDetails,
  }
}

/** The error again: its code tells of which class it was, and `is` of that class holds. */
export function revivedError({ message, code, details, stack }: PlainError): Error {
  const error = code === undefined ? new Error(message) : new ModelwrightError(code, message, details)
  if (stack !== undefined) error.stack = stack
  return error
}
