// The models as a face may use them: limits of rows and time, and keys for some models only, hold whatever the protocol.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Tensor } from '../../../engine/onnx/index.js'
import type { Addressee, InferenceService, RequestOptions } from '../../../operate/serve/index.js'
import type { Scope } from '../../../operate/store/index.js'
import type { Caller, Server } from '../face.js'
import { refuseManyRows } from '../limits/request-limits.js'
import { notAllowed } from './access.js'
import { allows, allowsModel } from './scopes.js'

export interface ServiceLimits {
  /** Rows of one request. */
  readonly maxRows: number
  /** Milliseconds in which a prediction must be done, where a request names no less. */
  readonly timeout: number
}

const callers = new AsyncLocalStorage<Caller>()

/** From here on, what a handler calls knows who asked. Not needed where there are no keys. */
export function rememberCallers(server: Server): void {
  // After the body has been read: its events come from the connection, and know nothing of this request.
  server.addHook('preHandler', (request, _reply, done) => {
    if (request.caller === undefined) done()
    else callers.run(request.caller, done)
  })
}

/** The service behind its limits. It is closed by whoever opened it, not by a face. */
export function limitedService(service: InferenceService, limits: ServiceLimits): InferenceService {
  const options = (given: RequestOptions = {}): RequestOptions => ({
    ...given,
    timeout: Math.min(given.timeout ?? limits.timeout, limits.timeout),
  })
  return {
    ...service,
    // What a getter says may change.
    get ready() {
      return service.ready
    },
    async predictRows(to, rows, given) {
      admit(to.model, mayPredict)
      refuseManyRows(rows instanceof Map ? rowsOf(rows) : (rows as readonly unknown[]).length, limits.maxRows)
      return service.predictRows(to, rows, options(given))
    },
    async predictTensors(to, inputs, outputs, given) {
      admit(to.model, mayPredict)
      refuseManyRows(longest(inputs), limits.maxRows)
      return service.predictTensors(to, inputs, outputs, options(given))
    },
    describe(model) {
      if (model !== undefined) admit(model, maySee)
      return service.describe(model).filter((version) => allowed(version.model, maySee))
    },
    resolve(to: Addressee) {
      admit(to.model, maySee)
      return service.resolve(to)
    },
    traffic(model) {
      admit(model, maySee)
      return service.traffic(model)
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

type Right = (held: readonly Scope[], model: string) => boolean

const mayPredict: Right = allowsModel
/** Keys for some models see only those; keys that may read see all. */
const maySee: Right = (held, model) => allows(held, 'read') || allowsModel(held, model)

function allowed(model: string, right: Right): boolean {
  const caller = callers.getStore()
  return caller === undefined || right(caller.scopes, model)
}

function admit(model: string, right: Right): void {
  if (!allowed(model, right)) throw notAllowed(callers.getStore()!.scopes, `predict:${model}`, 'that')
}

const rowsOf = (columns: ReadonlyMap<string, { readonly length: number }>): number =>
  columns.values().next().value?.length ?? 0

/** The first dimension is that of the batch, where there is one. */
const longest = (inputs: Readonly<Record<string, Tensor>>): number =>
  Object.values(inputs).reduce((most, { dims }) => Math.max(most, dims[0] ?? 1), 0)
