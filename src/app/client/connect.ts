// A client of the own API of serving, in Node and in browsers: fetch, and nothing else.
import { ServingError } from './client-error.js'
import type { AnyModels, ClassOf, PredictionOf, RowAnswer, RowOf, RowsAnswer } from './model-types.js'

export interface ConnectOptions {
  /** A key with the scope `predict`. @default none */
  readonly key?: string | undefined
  /** How requests are sent, such as one with a proxy. @default the global fetch */
  readonly fetch?: typeof fetch | undefined
}

export interface PredictOptions {
  /** A version, instead of the one that traffic chooses. */
  readonly version?: string | undefined
  /** A version by its name, such as `champion`. */
  readonly alias?: string | undefined
  /** Contributions of columns. @default false */
  readonly explain?: boolean | undefined
  /** Milliseconds that the server may take. @default what the server allows */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Models behind an address. */
export interface Client<Models> {
  /** Predicts a row. @throws {@link ServingError} */
  predict<Name extends keyof Models & string>(
    model: Name,
    row: RowOf<Models, Name>,
    options?: PredictOptions,
  ): Promise<RowAnswer<PredictionOf<Models, Name>, ClassOf<Models, Name>>>
  /** Predicts rows in one request. @throws {@link ServingError} */
  predictRows<Name extends keyof Models & string>(
    model: Name,
    rows: readonly RowOf<Models, Name>[],
    options?: PredictOptions,
  ): Promise<RowsAnswer<PredictionOf<Models, Name>, ClassOf<Models, Name>>>
}

/**
 * A client of models in service. Nothing is sent before the first prediction.
 *
 * @param url - where the server is, such as `http://localhost:8080`; a path before its own is kept
 * @throws (its functions) {@link ServingError} for a refusal, with the server's sentence and code, or when no answer came
 * @example
 * ```ts no-run
 * import { connect } from 'modelwright/client'
 *
 * // The type comes from /api/v1/serving/types.ts.
 * type Models = { churn: { row: { tenure: number | null }; prediction: 'No' | 'Yes'; classes: 'No' | 'Yes' } }
 * const models = connect<Models>('http://localhost:8080', { key: process.env.KEY })
 * const { prediction, probabilities } = await models.predict('churn', { tenure: 3 })
 * ```
 */
export function connect<Models = AnyModels>(url: string | URL, options: ConnectOptions = {}): Client<Models> {
  const base = String(url).replace(/\/+$/, '')
  const send = async (model: string, body: unknown, asked: PredictOptions = {}): Promise<never> => {
    const response = await sent(options, `${base}${pathOf(model, asked)}`, { body, signal: asked.signal })
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.ok && answer !== undefined) return answer as never
    throw refusal(response, answer)
  }
  return {
    predict: (model, row, asked) => send(model, row, asked),
    predictRows: (model, rows, asked) => send(model, { rows }, asked),
  }
}

function pathOf(model: string, { version, alias, explain, timeout }: PredictOptions): string {
  const chosen =
    version !== undefined
      ? `/versions/${encodeURIComponent(version)}`
      : alias !== undefined
        ? `/aliases/${encodeURIComponent(alias)}`
        : ''
  const query = [
    ...(explain === true ? ['explain=true'] : []),
    ...(timeout === undefined ? [] : [`timeout=${timeout}`]),
  ]
  const search = query.length === 0 ? '' : `?${query.join('&')}`
  return `/api/v1/serving/models/${encodeURIComponent(model)}${chosen}/predict${search}`
}

interface Sending {
  readonly body: unknown
  readonly signal: AbortSignal | undefined
}

async function sent(
  { key, fetch: own }: ConnectOptions,
  url: string,
  { body, signal }: Sending,
): Promise<Response> {
  try {
    return await (own ?? fetch)(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    })
  } catch (error) {
    // Whoever stopped it knows why.
    if (signal?.aborted === true) throw error
    const { message, cause } = error as Error
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message
    const fields = { code: 'network', status: 0, details: {}, retryAfter: undefined }
    throw new ServingError(`No answer came from ${url}: ${reason}. Is the server there?`, fields, error)
  }
}

interface Said {
  readonly error?: {
    readonly code?: string
    readonly message?: string
    readonly details?: Record<string, unknown>
  }
}

function refusal({ status, headers, url }: Response, answer: unknown): ServingError {
  const said = (answer as Said | null | undefined)?.error
  const message =
    said?.message ?? `${url} answered ${status}, and not as modelwright does. Is the address right?`
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return new ServingError(message, {
    code: said?.code ?? 'unknown',
    status,
    details: said?.details ?? {},
    retryAfter: Number.isFinite(seconds) ? seconds : undefined,
  })
}
