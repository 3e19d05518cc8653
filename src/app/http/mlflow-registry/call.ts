// One call of MLflow's REST: method, path, fields, what it does.
import { type FieldList, type Parameters, readParameters } from './parameters.js'
import type { FastifyRequest } from 'fastify'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Behind `/api/2.0/mlflow/`. */
  readonly path: string
  handle(request: FastifyRequest): Promise<object>
}

/** A call whose work is given its fields, and the name of who asks. */
export const call = <const F extends FieldList>(
  method: Call['method'],
  path: string,
  fields: F,
  work: (given: Parameters<F>, userId: string) => Promise<object>,
): Call => ({
  method,
  path,
  handle: async (request) => work(readParameters(request, fields), request.caller?.name ?? ''),
})
