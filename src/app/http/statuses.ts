// Which status each error of ours has, and what is said of an error that is not ours.
import { LimitError, ModelwrightError, OverloadError } from '../../base/index.js'

const byCode: Readonly<Record<string, number>> = {
  'invalid-option': 400,
  usage: 400,
  'schema-mismatch': 400,
  'unknown-column': 400,
  shape: 400,
  data: 400,
  format: 400,
  access: 401,
  'not-found': 404,
  conflict: 409,
  limit: 413,
  overload: 503,
  'time-budget': 504,
  'engine-missing': 501,
  storage: 507,
  memory: 507,
}

/** An error as a response says it. */
export interface HttpError {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  /** Seconds, for the header Retry-After. */
  readonly retryAfter: number | undefined
}

/** How our own API says an error. */
export const errorBody = ({
  code,
  message,
  details,
}: Pick<HttpError, 'code' | 'message' | 'details'>): object => ({
  error: { code, message, details },
})

/** What a response says of an error. What we did not throw on purpose is not told: it may hold what is nobody's business. */
export function httpErrorOf(error: unknown): HttpError {
  const known = fastifyError(error) ?? error
  if (!ModelwrightError.is(known)) {
    const message = 'The server failed at this request, which is our fault. Its log says more.'
    return { status: 500, code: 'internal', message, details: {}, retryAfter: undefined }
  }
  const { code, message, details } = known
  const retryAfter = typeof details['retryAfter'] === 'number' ? details['retryAfter'] : undefined
  return { status: statusOf(code, details), code, message, details, retryAfter }
}

/** Why a body is of a kind that nothing here reads. */
const unreadKinds: ReadonlySet<unknown> = new Set(['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'content-encoding'])

function statusOf(code: string, details: Readonly<Record<string, unknown>>): number {
  // A key that is known but may not do this; a client that asks too often.
  if (code === 'access' && details['scope'] !== undefined) return 403
  if (code === 'overload' && details['reason'] === 'rate') return 429
  if (unreadKinds.has(details['reason'])) return 415
  return byCode[code] ?? 500
}

/** What fastify itself refuses, in our words. */
function fastifyError(error: unknown): ModelwrightError | undefined {
  const { code, statusCode, message = '' } = error as { code?: string; statusCode?: number; message?: string }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new LimitError(
      `The body is larger than this server takes. Send smaller parts, or have the limit raised (option 'jsonLimit', --max-json).`,
      { option: 'jsonLimit' },
    )
  }
  if (code === 'FST_ERR_HANDLER_TIMEOUT') {
    return new OverloadError(
      'The answer was not ready in time, and nobody waits for it any more. Try again, or ask for less at once.',
      { retryAfter: 1, reason: 'timeout' },
    )
  }
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined
  const sentence = `The request cannot be read: ${message.replace(/\.$/, '')}.`
  return new ModelwrightError(statusCode === 404 ? 'not-found' : 'usage', sentence, { reason: code })
}
