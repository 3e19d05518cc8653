// Calls of MLflow's registry as its Python client makes them.
import { expect } from 'vitest'
import type { Server } from '../../src/app/http/face.js'

export type Body = Readonly<Record<string, unknown>>
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
type Sent = [method: Method, path: string, fields?: Body, prefix?: string]

export interface MlflowClient {
  send(...call: Sent): Promise<{ readonly status: number; readonly body: Body }>
  /** The body of an answer that must be good. */
  ok(...call: Sent): Promise<Body>
  /** The answer must be this refusal and nothing else. */
  refused(status: number, code: string, message: RegExp, ...call: Sent): Promise<void>
  /** A new model with so many versions; its name. */
  model(versions?: number): Promise<string>
}

/** Fields go into the query of a GET, and are JSON otherwise. */
export function mlflowClient(server: Server): MlflowClient {
  const send: MlflowClient['send'] = async (method, path, fields = {}, prefix = '/api/2.0/mlflow') => {
    const query = new URLSearchParams()
    if (method === 'GET')
      for (const [key, value] of Object.entries(fields))
        for (const item of Array.isArray(value) ? (value as unknown[]) : [value])
          query.append(key, String(item))
    const answer = await server.inject({
      method,
      url: `${prefix}/${path}${method === 'GET' ? `?${query.toString()}` : ''}`,
      ...(method !== 'GET' && { payload: fields }),
    })
    return { status: answer.statusCode, body: answer.json<Body>() }
  }
  const ok: MlflowClient['ok'] = async (...call) => {
    const { status, body } = await send(...call)
    expect([status, body]).toEqual([200, body])
    return body
  }
  let names = 0
  return {
    send,
    ok,
    async refused(status, code, message, ...call) {
      const answer = await send(...call)
      expect([answer.status, answer.body]).toEqual([
        status,
        { error_code: code, message: expect.stringMatching(message) },
      ])
    },
    async model(versions = 0) {
      const name = `model ${++names}`
      await ok('POST', 'registered-models/create', { name })
      for (let i = 0; i < versions; i++) {
        const source = `s3://bucket/${names}/${i}`
        await ok('POST', 'model-versions/create', { name, source, run_id: `run${i}` })
      }
      return name
    },
  }
}
