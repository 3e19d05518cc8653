// What S3 answers, in our words: not there, not now, or not allowed.
import { ModelwrightError, NotFoundError, OverloadError, StorageError } from '../../base/index.js'

interface S3Failure {
  readonly name?: string
  readonly message?: string
  readonly stack?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Seconds after which a caller may try again: servers of S3 restart in some ten. */
const retryAfter = 10

const networkCodes =
  /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const networkNames = /^(TimeoutError|RequestTimeout|NetworkingError|SlowDown|Throttling\w*|AbortedError)$/

/** Whether the server could not be reached or had no time: the same request may do later. */
export function isAway(error: unknown): boolean {
  const { name = '', code = '', $metadata } = asFailure(error)
  const status = $metadata?.httpStatusCode ?? 0
  return status >= 500 || status === 429 || networkCodes.test(code) || networkNames.test(name)
}

/** Whether there is no such object. */
export const isMissing = (error: unknown): boolean =>
  ['NoSuchKey', 'NotFound'].includes(asFailure(error).name ?? '')

const asFailure = (error: unknown): S3Failure => (error ?? {}) as S3Failure

/** A failure of a request as an error of ours; errors of ours, and aborts by the caller, come back as they were. */
export function s3Error(place: string, error: unknown): unknown {
  if (ModelwrightError.is(error)) return error
  const { name = '', message = '', code, $metadata } = asFailure(error)
  const cause = plain(error)
  if (isMissing(error))
    return new NotFoundError(
      `'${place}' is not in the artifact store. It may have been removed.`,
      { kind: 'artifact', id: place },
      cause,
    )
  if (isAway(error))
    return new OverloadError(
      `The artifact store does not answer for '${place}' (${code ?? name}). Try again in ${retryAfter} s; what is there already is not stored twice.`,
      { retryAfter, reason: 'artifacts' },
      cause,
    )
  if ($metadata === undefined && name !== 'CredentialsProviderError') return error
  return new StorageError(
    `The artifact store refused '${place}' (${name}: ${message}). ${remedy(name, $metadata?.httpStatusCode)}`,
    { path: place, reason: name },
    cause,
  )
}

/** Without the request and the answer that hang on errors of the SDK: they are large, and hold signatures. */
const plain = (error: unknown): Error => {
  const { name = 'Error', message = '', stack } = asFailure(error)
  return Object.assign(new Error(message), { name, stack })
}

function remedy(name: string, status = 0): string {
  if (name === 'NoSuchBucket') return 'Create the bucket, or give another one (MODELWRIGHT_ARTIFACTS).'
  if (status === 401 || status === 403 || name === 'CredentialsProviderError')
    return 'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and that the key may read, write, list and delete there.'
  return 'Check the bucket, its region and its rules (MODELWRIGHT_ARTIFACTS, AWS_REGION).'
}
