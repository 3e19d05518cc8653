// Errors in MLflow's words: `error_code` decides what its clients do, the message is what their users read.
import { ModelwrightError } from '../../../base/index.js'
import type { Server } from '../face.js'
import { httpErrorOf } from '../statuses.js'

/** Codes of MLflow with their HTTP statuses; see its databricks.proto. */
const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  REQUEST_LIMIT_EXCEEDED: 429,
  TEMPORARILY_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
  INTERNAL_ERROR: 500,
} as const

export type MlflowErrorCode = keyof typeof statuses

/** An error that is already said in MLflow's words. */
export const mlflowError = (code: MlflowErrorCode, message: string): ModelwrightError =>
  new ModelwrightError('usage', message, { mlflow: code })

/** Has the errors of a face said as MLflow says them. */
export function sayErrorsAsMlflow(server: Server): void {
  server.setErrorHandler(async (error, _request, reply) => {
    const { code, message, retryAfter } = translated(error)
    if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
    return reply.status(statuses[code]).send({ error_code: code, message })
  })
}

interface Said {
  readonly code: MlflowErrorCode
  readonly message: string
  readonly retryAfter?: number | undefined
}

function translated(error: unknown): Said {
  const { status, code, message, details, retryAfter } = httpErrorOf(error)
  const known = details['mlflow']
  if (typeof known === 'string' && known in statuses) return { code: known as MlflowErrorCode, message }
  const registry = registrySentence(code, details)
  if (registry !== undefined) return registry
  return {
    code: byStatus[status] ?? (status < 500 ? 'INVALID_PARAMETER_VALUE' : 'INTERNAL_ERROR'),
    message,
    retryAfter,
  }
}

const byStatus: Readonly<Record<number, MlflowErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'RESOURCE_ALREADY_EXISTS',
  429: 'REQUEST_LIMIT_EXCEEDED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** What clients look for in messages about the registry. */
function registrySentence(code: string, { kind, id }: Readonly<Record<string, unknown>>): Said | undefined {
  const text = String(id)
  if (code === 'not-found' && kind === 'model')
    return { code: 'RESOURCE_DOES_NOT_EXIST', message: `Registered Model with name=${text} not found` }
  if (code === 'not-found' && kind === 'model version') {
    const [name, version] = [text.slice(0, text.lastIndexOf('/')), text.slice(text.lastIndexOf('/') + 1)]
    return {
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Model Version (name=${name}, version=${version}) not found`,
    }
  }
  if (code === 'not-found' && kind === 'alias') {
    const alias = text.slice(text.lastIndexOf('@') + 1)
    return { code: 'INVALID_PARAMETER_VALUE', message: `Registered model alias ${alias} not found.` }
  }
  if (code === 'conflict' && kind === 'model')
    return { code: 'RESOURCE_ALREADY_EXISTS', message: `Registered Model (name=${text}) already exists.` }
  return undefined
}
