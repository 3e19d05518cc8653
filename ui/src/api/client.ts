// Asks the server, and says its refusals in its own sentences.
import type { ApiError } from '../../../src/app/http/api/page-types.js'

/** A refusal, or a server that cannot be reached. */
export class RequestError extends Error {
  readonly status: number
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(status: number, { code, message, details }: ApiError['error']) {
    super(message)
    this.name = 'RequestError'
    this.status = status
    this.code = code
    this.details = details
  }
}

interface Ask {
  readonly method?: string | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** The response, when it is a good one. @throws {@link RequestError} */
export async function ask(path: string, { method = 'GET', body, signal }: Ask = {}): Promise<Response> {
  const response = await reach(path, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    }),
    ...(signal !== undefined && { signal }),
  })
  if (response.ok) return response
  throw new RequestError(response.status, await refusalOf(response))
}

/** The answer as JSON. @throws {@link RequestError} */
export async function askJson<T>(path: string, options?: Ask): Promise<T> {
  return (await (await ask(path, options)).json()) as T
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new RequestError(0, {
      code: 'unreachable',
      message: 'The server does not answer. Check that it runs; nothing was lost here.',
      details: {},
    })
  }
}

async function refusalOf(response: Response): Promise<ApiError['error']> {
  const text = await response.text()
  try {
    const { error } = JSON.parse(text) as ApiError
    if (typeof error.message === 'string') return error
  } catch {
    // Not ours: a proxy in between, as a rule.
  }
  return {
    code: 'http',
    message: `The server answered ${response.status} ${response.statusText}.`,
    details: {},
  }
}
