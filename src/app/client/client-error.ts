// The error of the client. It is not one of base/errors.ts, whose neighbors need Node: this file runs in browsers.

/** What {@link ServingError} knows beside its sentence. */
export interface ServingErrorFields {
  /** Of the server, such as `schema-mismatch`; `network` when no answer came. */
  readonly code: string
  /** Of HTTP; 0 when no answer came. */
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>
  /** Seconds to wait before the next try, where the server says so. */
  readonly retryAfter: number | undefined
}

/** A request that was refused, or that got no answer. */
export class ServingError extends Error implements ServingErrorFields {
  readonly code: string
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfter: number | undefined

  constructor(message: string, { code, status, details, retryAfter }: ServingErrorFields, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ServingError'
    this.code = code
    this.status = status
    this.details = details
    this.retryAfter = retryAfter
  }
}
