// Requests to a server that speaks MLflow's REST: addresses, keys, failures as errors of ours, another try where that is harmless.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AccessError,
  ConflictError,
  LimitError,
  ModelwrightError,
  NotFoundError,
  OverloadError,
  UsageError,
} from '../../../base/index.js'

export interface RestOptions {
  /** Sent as `Authorization: Bearer`. @default MODELWRIGHT_TOKEN, else MLFLOW_TRACKING_TOKEN */
  readonly token?: string | undefined
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server's address, with the first slash. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: (() => Promise<NonNullable<RequestInit['body']>>) | undefined
  /** Sent twice it does the same as once. */
  readonly repeatable?: boolean
}

export interface RestClient {
  /** Without user and password. */
  readonly url: string
  json<T>(request: RestRequest): Promise<T>
  /** @throws as `json` */
  bytes(request: RestRequest): Promise<AsyncIterable<Uint8Array>>
}

/** Milliseconds after which a request counts as lost; uploads take as long as they take. */
const answerLimit = 60_000
/** Tries of a request that may be repeated; writers have their own patience above this one. */
const tries = 3
const firstPause = 200

/** @throws {@link UsageError} unless it is an address of a server */
export function restClient(address: string, { token = tokenOf() }: RestOptions = {}): RestClient {
  const { base, authorization } = readAddress(address, token)
  const send = async (request: RestRequest): Promise<Response> => {
    const url = new URL(base + request.path)
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, value)
    const body = request.json === undefined ? await request.body?.() : JSON.stringify(request.json)
    let answer: Response
    try {
      answer = await fetch(url, {
        method: request.method,
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(request.json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body, duplex: 'half' }),
        ...(request.body === undefined && { signal: AbortSignal.timeout(answerLimit) }),
      } as RequestInit)
    } catch (error) {
      throw notReached(base, error)
    }
    if (answer.ok) return answer
    throw await failureOf(base, request, answer)
  }
  const patient = async (request: RestRequest): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(request)
      } catch (error) {
        const away = ModelwrightError.is(error) && error.code === 'overload'
        const harmless = request.repeatable ?? request.method === 'GET'
        if (!away || attempt === tries || !(harmless || error.details['reached'] === false)) throw error
        await sleep(firstPause * 2 ** (attempt - 1))
      }
    }
  }
  return {
    url: base,
    async json<T>(request: RestRequest) {
      const answer = await patient(request)
      const text = await answer.text()
      if (text === '') return {} as T
      try {
        return JSON.parse(text) as T
      } catch {
        throw new UsageError(
          `'${base}' answered ${request.path} with something else than JSON: it is no server of runs. Check the address: option 'store' or MODELWRIGHT_STORE (--store).`,
          { argument: 'store' },
        )
      }
    },
    async bytes(request) {
      const { body } = await patient(request)
      return (body ?? []) as AsyncIterable<Uint8Array>
    },
  }
}

const tokenOf = (): string | undefined =>
  process.env['MODELWRIGHT_TOKEN'] ?? process.env['MLFLOW_TRACKING_TOKEN']

function readAddress(
  address: string,
  token: string | undefined,
): { readonly base: string; readonly authorization: string | undefined } {
  let url: URL
  try {
    url = new URL(address)
  } catch (error) {
    throw new UsageError(
      `'${address}' is no address of a server, expected one such as http://host:5000: option 'store' or MODELWRIGHT_STORE (--store).`,
      { argument: 'store' },
      error,
    )
  }
  const { username, password } = url
  const basic =
    username === ''
      ? undefined
      : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  const base = url.href.replace(/\/+$/, '')
  return { base, authorization: token === undefined || token === '' ? basic : `Bearer ${token}` }
}

function notReached(base: string, error: unknown): OverloadError {
  const cause = (error as { readonly cause?: { readonly code?: string; readonly message?: string } }).cause
  const reason = cause?.code ?? cause?.message ?? (error as Error).message
  // Before a connection stood nothing can have been done.
  const reached = !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(
    cause?.code ?? '',
  )
  return new OverloadError(
    `The server '${base}' does not answer (${reason}). Check that it runs, and its address.`,
    { retryAfter: 5, reason: 'store', reached },
    error,
  )
}

interface MlflowError {
  readonly error_code?: string
  readonly message?: string
}

async function failureOf(base: string, request: RestRequest, answer: Response): Promise<ModelwrightError> {
  const text = await answer.text().catch(() => '')
  const { error_code: code, message } = parsed(text)
  const said = message ?? `status ${answer.status}`
  const details = { status: answer.status, reason: code, path: request.path }
  if (answer.status === 401 || answer.status === 403) {
    return new AccessError(
      `The server '${base}' refused ${request.path}: ${sentence(said)} Give a key with the right to log (option 'token', MODELWRIGHT_TOKEN).`,
      details,
    )
  }
  if (answer.status === 413)
    return new LimitError(`The server '${base}' takes no body so large: ${sentence(said)}`, details)
  if (answer.status === 429 || answer.status >= 500) {
    const retryAfter = Number(answer.headers.get('retry-after') ?? 5)
    return new OverloadError(`The server '${base}' could not do it: ${sentence(said)}`, {
      ...details,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : 5,
      reason: 'store',
      reached: answer.status !== 429 && answer.status !== 503,
    })
  }
  if (code === 'RESOURCE_DOES_NOT_EXIST')
    return new NotFoundError(sentence(said), { kind: 'run', ...details })
  if (code === 'RESOURCE_ALREADY_EXISTS' || code === 'INVALID_STATE')
    return new ConflictError(sentence(said), details)
  if (answer.status === 404) {
    return new NotFoundError(
      `'${base}' does not know ${request.path}. Check that it is a server of MLflow's REST: option 'store' or MODELWRIGHT_STORE (--store).`,
      { kind: 'route', id: request.path },
    )
  }
  return new UsageError(`The server '${base}' refused it: ${sentence(said)}`, {
    argument: request.path,
    ...details,
  })
}

function parsed(text: string): MlflowError {
  try {
    const value = JSON.parse(text) as MlflowError | null
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
