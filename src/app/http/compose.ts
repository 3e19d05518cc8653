// The whole server: what it keeps, what it serves, who may ask, what it tells of itself, and every face that fits these.
import { FormatError, ModelwrightError, OverloadError, UsageError, wallClock } from '../../base/index.js'
import {
  createInferenceService,
  type InferenceService,
  logRequests,
  type RequestLog,
  type RequestLogOptions,
  type ServiceOptions,
  type VersionDescription,
} from '../../operate/serve/index.js'
import { openThreadedStore, type Scope, type Store } from '../../operate/store/index.js'
import type { DrainOptions } from './drain.js'
import { facesOf } from './faces.js'
import { type Access, accessBy } from './guard/access.js'
import { keyBook } from './guard/key-book.js'
import { type ListenOptions, startServer } from './start-server.js'
import type { ReadinessCheck } from './telemetry/health.js'
import type { ServerOptions } from './server.js'

export interface ComposeOptions extends Omit<ListenOptions, 'faces' | 'access' | 'watchers' | 'checks'> {
  /** Of the program. */
  readonly version: string
  /** Address of the store. @default none where nothing needs one, else `.modelwright/store.db` */
  readonly store?: string | undefined
  /** Tracking, registry, artifacts and the page; they need the store. @default false */
  readonly track?: boolean | undefined
  /** What is served. @default nothing */
  readonly models?: ServiceOptions | undefined
  /** Shares of versions; without a name, of the only model. */
  readonly traffic?:
    | { readonly model: string | undefined; readonly weights: Readonly<Record<string, number>> }
    | undefined
  /** A key that opens predictions and reading, for servers without a store. */
  readonly key?: string | undefined
  /** Samples of requests to the store. @default none */
  readonly requestLog?: RequestLogOptions | undefined
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
  /** Ends gently; true when all that had begun was answered. */
  stop(options?: DrainOptions): Promise<boolean>
}

/**
 * Opens everything, and closes all of it again when a part cannot be opened.
 *
 * @throws {@link FormatError} when none of the models can be loaded; as its parts do
 */
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
  const store = needsStore(options) ? await openThreadedStore(options.store) : undefined
  if (store !== undefined) closers.push(store.close)
  const service = options.models && (await openModels(options.models, options.traffic))
  if (service !== undefined) closers.push(service.close)
  const access = options.insecure === true ? undefined : await accessOf(store, options.key)
  if (access !== undefined) closers.push(access.book.close)
  const requestLog = service && store && options.requestLog && logRequests(service, store, options.requestLog)
  if (requestLog !== undefined) closers.push(requestLog.close)
  const { version, otlp } = options
  const running = await startServer(
    { store, service },
    {
      ...options,
      access,
      faces: await facesOf({ store, service, access, track: options.track ?? false }),
      watchers: watchersOf({ service, requestLog, version, otlp }),
      checks: options.track === true && store !== undefined ? [storeCheck(store)] : [],
    },
  )
  const { log } = running.server
  return {
    url: running.url,
    store: store?.url,
    asksForKeys: access !== undefined,
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

const needsStore = ({ store, track, requestLog }: ComposeOptions): boolean =>
  store !== undefined || track === true || requestLog !== undefined

/** Keys are asked for as soon as there is one. */
async function accessOf(store: Store | undefined, key: string | undefined): Promise<Access | undefined> {
  if (key === undefined && (store === undefined || !(await store.keys.inUse()))) return undefined
  const scopes: readonly Scope[] = ['predict', 'read']
  return accessBy(
    keyBook({ store, fixed: key === undefined ? undefined : { key, scopes }, time: wallClock }),
    wallClock,
  )
}

async function openModels(
  models: ServiceOptions,
  traffic: ComposeOptions['traffic'],
): Promise<InferenceService> {
  const service = await createInferenceService(models)
  try {
    refuseBroken(service.describe())
    if (traffic !== undefined) service.setTraffic(modelOf(service, traffic.model), traffic.weights)
    return service
  } catch (error) {
    await service.close()
    throw error
  }
}

/** One broken model among several is told, and the others answer; a server of nothing helps nobody. */
function refuseBroken(versions: readonly VersionDescription[]): void {
  const failed = versions.filter(({ state }) => state === 'failed')
  if (versions.length === 0 || failed.length < versions.length) return
  const [first] = failed
  const others = failed.length > 1 ? ` (${failed.length - 1} more cannot be either.)` : ''
  throw new FormatError(
    `The model '${first!.model}' cannot be loaded: ${first!.reason ?? 'no reason was given.'}${others}`,
    {
      format: 'modelwright-bundle',
      model: first!.model,
    },
  )
}

function modelOf(service: InferenceService, named: string | undefined): string {
  const names = [...new Set(service.describe().map(({ model }) => model))]
  if (named !== undefined) return named
  if (names.length === 1) return names[0]!
  throw new UsageError(
    `--traffic: ${names.length} models are served (${names.join(', ')}). Say which is meant, such as '${names[0] ?? 'model'}:1=90,2=10'.`,
    { argument: '--traffic' },
  )
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
      return ModelwrightError.is(error) ? error.message : 'It fails; the log says more.'
    } finally {
      clearTimeout(timer)
    }
  },
]
