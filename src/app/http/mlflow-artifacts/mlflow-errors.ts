// Errors in MLflow's words: a code of its protocol and a message.
import type { FastifyReply } from 'fastify'
import { httpErrorOf } from '../statuses.js'

/** Statuses by code of ours where MLflow's protocol has another than we. */
const statuses: Readonly<Record<string, number>> = {
  // MLflow has one status for all that is wrong with a request, also for what exists already.
  conflict: 400,
  // Bytes that are damaged here are no fault of the request.
  format: 500,
}

const codes: Readonly<Record<number, string>> = {
  400: 'INVALID_PARAMETER_VALUE',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  413: 'INVALID_PARAMETER_VALUE',
  429: 'REQUEST_LIMIT_EXCEEDED',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
}

/** Answers with an error. */
export function sendError(error: unknown, reply: FastifyReply): FastifyReply {
  const { status: usual, code, message, retryAfter } = httpErrorOf(error)
  const status = statuses[code] ?? usual
  const error_code = code === 'conflict' ? 'RESOURCE_ALREADY_EXISTS' : (codes[status] ?? 'INTERNAL_ERROR')
  if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
  // What a file would have been sent with.
  for (const name of ['Content-Disposition', 'Content-Range', 'Content-Length', 'ETag']) {
    reply.removeHeader(name)
    reply.raw.removeHeader(name)
  }
  return reply.status(status).type('application/json').send(JSON.stringify({ error_code, message }))
}
