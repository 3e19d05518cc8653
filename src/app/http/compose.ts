// The whole server: what it keeps and serves, who may ask, what it tells of itself, and every face that fits these.
import { ModelwrightError, OverloadError, wallClock } from '../../base/index.js'
import {
  type InferenceService,
  logRequests,
  type RequestLog,
  type RequestLogOptions,
  type VersionDescription,
} from '../../operate/serve/index.js'
import type { Scope, Store } from '../../operate/store/index.js'
import type { DrainOptions } from './drain.js'
import { facesOf } from './faces.js'
import { type Access, accessBy } from './guard/access.js'
import { keyBook } from './guard/key-book.js'
import { openParts, type PartOptions } from './open-parts.js'
import type { Server, ServerContext } from './face.js'
import type { DeclaredRoute, ServerOptions } from './server.js'
import { type ListenOptions, startServer } from './start-server.js'
import type { ReadinessCheck } from './telemetry/health.js'

export interface ComposeOptions
  extends Omit<ListenOptions, 'faces' | 'access' | 'watchers' | 'checks'>, PartOptions {
  /** Of the program. */
  readonly version: string
  /** A key that opens predictions and reading, for servers without a store. */
  readonly key?: string | undefined
  /** Samples of requests to the store. @default none */
  readonly requestLog?: RequestLogOptions | undefined
  /** Routes that Vertex AI calls. @default none */
  readonly vertex?: ServerContext['vertex']
  /** Collector of traces. @default none */
  readonly otlp?: string | undefined
}

/** The server as the program shows and ends it. */
export interface ComposedServer {
  readonly url: string
  /** Undefined where there is none. */
  readonly store: string | undefined
  readonly asksForKeys: boolean
  models(): readonly VersionDescription[]
  /** Writes to the server's log. */
  log(level: 'info' | 'warn' | 'error', message: string, error?: unknown): void
  /** The routes there are and what they ask of a key, and a way to call them without a network. */
  readonly inside: Pick<Server, 'inject'> & { readonly routes: readonly DeclaredRoute[] }
  /** Ends gently; true when all that had begun was answered. */
  stop(options?: DrainOptions): Promise<boolean>
}

/** Behind the door of this name: doors.ts. Closes everything again when a part cannot be opened. */
export async function startModelwright(options: ComposeOptions): Promise<ComposedServer> {
  const closers: (() => Promise<unknown>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    return await compose(options, closers, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function compose(
  options: ComposeOptions,
  closers: (() => Promise<unknown>)[],
  closeAll: () => Promise<void>,
): Promise<ComposedServer> {
  const { version, otlp, track = false } = options
  const parts = await openParts(options, options.requestLog !== undefined, closers)
  const { store, service } = parts
  const access = options.insecure === true ? undefined : await accessOf(store, options.key)
  if (access !== undefined) closers.push(access.book.close)
  const requestLog = service && store && options.requestLog && logRequests(service, store, options.requestLog)
  if (requestLog !== undefined) closers.push(requestLog.close)
  const running = await startServer(
    { ...parts, vertex: options.vertex },
    {
      ...options,
      access,
      faces: await facesOf({ ...parts, access, track }),
      watchers: watchersOf({ service, requestLog, version, otlp }),
      checks: track && store !== undefined ? [storeCheck(store)] : [],
    },
  )
  const { log, routes } = running.server
  return {
    url: running.url,
    store: store?.url,
    asksForKeys: access !== undefined,
    inside: { inject: running.server.inject.bind(running.server), routes },
    models: () => service?.describe() ?? [],
    log: (level, message, error) =>
      error === undefined ? log[level](message) : log[level]({ err: error }, message),
    async stop(given) {
      const isAnswered = await running.stop(given)
      await closeAll()
      return isAnswered
    },
  }
}

/** Keys are asked for as soon as there is one. */
async function accessOf(store: Store | undefined, key: string | undefined): Promise<Access | undefined> {
  if (key === undefined && (store === undefined || !(await store.keys.inUse()))) return undefined
  const scopes: readonly Scope[] = ['predict', 'read']
  const fixed = key === undefined ? undefined : { key, scopes }
  return accessBy(keyBook({ store, fixed, time: wallClock }), wallClock)
}

interface Watched {
  readonly service: InferenceService | undefined
  readonly requestLog: RequestLog | undefined
  readonly version: string
  readonly otlp: string | undefined
}

function watchersOf({ service, requestLog, version, otlp }: Watched): ServerOptions['watchers'] {
  return [
    async (server, open) => {
      const { addMetrics } = await import('./telemetry/metrics.js')
      await addMetrics(server, { service, open, version, requestLog })
    },
    async (server, open) => {
      if (otlp === undefined) return
      const { addTraces } = await import('./telemetry/traces.js')
      await addTraces(server, { endpoint: otlp, service, open, version })
    },
  ]
}

/** Milliseconds after which a store counts as away; probes of Kubernetes wait a second by themselves. */
const storeAnswersIn = 900

const storeCheck = (store: Store): ReadinessCheck => [
  'store',
  async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new OverloadError('It does not answer.')), storeAnswersIn)
    })
    try {
      await Promise.race([store.keys.inUse(), late])
      return undefined
    } catch (error) {
      // Anybody may ask: where the store is, and who reads it, stays out of the answer.
      if (OverloadError.is(error)) return 'It does not answer.'
      return ModelwrightError.is(error) ? error.message : 'It fails; the log says more.'
    } finally {
      clearTimeout(timer)
    }
  },
]
