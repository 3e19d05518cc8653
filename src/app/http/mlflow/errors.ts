// Errors in MLflow's words: clients decide by the code, and people know the sentences.
import type { FastifyReply } from 'fastify'
import { ModelwrightError, NotFoundError, UsageError } from '../../../base/index.js'
import { type HttpError, httpErrorOf } from '../statuses.js'

/** The codes of MLflow that we use, with their statuses (its exceptions.py). */
const statuses = {
  INTERNAL_ERROR: 500,
  INVALID_STATE: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
  REQUEST_LIMIT_EXCEEDED: 429,
  DEADLINE_EXCEEDED: 504,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  PERMISSION_DENIED: 403,
  UNAUTHENTICATED: 401,
  BAD_REQUEST: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  INVALID_PARAMETER_VALUE: 400,
} as const

export type MlflowErrorCode = keyof typeof statuses

interface MlflowAnswer {
  readonly status: number
  readonly body: { readonly error_code: MlflowErrorCode; readonly message: string }
  /** Seconds, for the header Retry-After. */
  readonly retryAfter: number | undefined
}

/** An error with a code of MLflow's and its sentence. */
export const mlflowError = (errorCode: MlflowErrorCode, message: string): UsageError =>
  new UsageError(message, { errorCode })

/** @example throw invalidParameter("Invalid experiment name: ''") */
export const invalidParameter = (message: string): UsageError =>
  mlflowError('INVALID_PARAMETER_VALUE', message)

export const doesNotExist = (message: string): NotFoundError =>
  new NotFoundError(message, { errorCode: 'RESOURCE_DOES_NOT_EXIST' })

/** Answers with an error. */
export function sendMlflowError(error: unknown, reply: FastifyReply): FastifyReply {
  const { status, body, retryAfter } = mlflowAnswer(error)
  if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
  return reply.status(status).type('application/json; charset=utf-8').send(body)
}

/** What a client of MLflow is told of an error. */
function mlflowAnswer(error: unknown): MlflowAnswer {
  if (isMissingType(error)) return answer('INVALID_PARAMETER_VALUE', contentTypeMessage)
  const known = httpErrorOf(error)
  const given = ModelwrightError.is(error) ? error.details['errorCode'] : undefined
  if (typeof given === 'string') return answer(given as MlflowErrorCode, known.message)
  const said = storeError(known)
  if (said !== undefined) return said
  const code = codeOf(known)
  // Bodies that are too large or of a kind that is not read, and a full disk, keep their statuses: proxies and clients know what to do, and
  // do not ask again and again.
  const status = [413, 415, 507].includes(known.status) ? known.status : statuses[code]
  return { ...answer(code, known.message), status, retryAfter: known.retryAfter }
}

const answer = (error_code: MlflowErrorCode, message: string): MlflowAnswer => ({
  status: statuses[error_code],
  body: { error_code, message },
  retryAfter: undefined,
})

const contentTypeMessage = "Bad Request. Content-Type must be one of ['application/json']."

/** Bodies of another type are refused, also because browsers send them to foreign sites without asking. */
const isMissingType = (error: unknown): boolean =>
  (error as { code?: string }).code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'

const codes: Readonly<Record<number, MlflowErrorCode>> = {
  400: 'INVALID_PARAMETER_VALUE',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'INVALID_PARAMETER_VALUE',
  413: 'INVALID_PARAMETER_VALUE',
  415: 'INVALID_PARAMETER_VALUE',
  429: 'REQUEST_LIMIT_EXCEEDED',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

function codeOf({ status, code, details }: HttpError): MlflowErrorCode {
  // Bytes that are damaged here are no fault of the request.
  if (code === 'format') return 'INTERNAL_ERROR'
  if (code === 'conflict' && ofFiles.has(details['kind'])) return 'RESOURCE_ALREADY_EXISTS'
  return codes[status] ?? 'INTERNAL_ERROR'
}

/** What artifacts call what is in the way of a file. */
const ofFiles = new Set<unknown>(['artifact', 'file', 'part', 'upload'])

/** What the store says of runs, experiments and models, in MLflow's sentences. */
function storeError({ code, details }: HttpError): MlflowAnswer | undefined {
  const {
    kind,
    id,
    lifecycleStage = 'deleted',
  } = details as {
    readonly kind?: string
    readonly id?: string
    readonly lifecycleStage?: string
  }
  switch (`${code} ${kind}`) {
    case 'not-found run':
      return answer('RESOURCE_DOES_NOT_EXIST', `Run with id=${id} not found`)
    case 'not-found experiment':
      return answer('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`)
    case 'not-found logged model':
      return answer('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${id}' not found.`)
    case 'not-found model':
      return answer('RESOURCE_DOES_NOT_EXIST', `Registered Model with name=${id} not found`)
    case 'not-found model version':
      return answer('RESOURCE_DOES_NOT_EXIST', `Model Version (${nameAndVersion(id)}) not found`)
    case 'not-found alias':
      return answer('INVALID_PARAMETER_VALUE', `Registered model alias ${afterLast('@', id)} not found.`)
    case 'conflict model':
      return answer('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${id}) already exists.`)
    case 'conflict run':
      return answer('INVALID_PARAMETER_VALUE', notActive('run', id, lifecycleStage))
    case 'conflict experiment':
      return answer('INVALID_PARAMETER_VALUE', notActive('experiment', id, lifecycleStage))
    default:
      return undefined
  }
}

const afterLast = (sign: string, id = ''): string => id.slice(id.lastIndexOf(sign) + 1)

const nameAndVersion = (id = ''): string =>
  `name=${id.slice(0, Math.max(0, id.lastIndexOf('/')))}, version=${afterLast('/', id)}`

export const notActive = (what: string, id: unknown, stage: string): string =>
  `The ${what} ${String(id)} must be in the 'active' state. Current state is ${stage}.`
