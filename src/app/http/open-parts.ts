// What stands behind the faces: store, artifacts, registry, models; each opened only where something needs it.
import { existsSync } from 'node:fs'
import { FormatError, UsageError } from '../../base/index.js'
import { type Artifacts, openArtifacts } from '../../operate/artifacts/index.js'
import { openRegistry, type Registry, registrySource } from '../../operate/registry/index.js'
import {
  createInferenceService,
  type InferenceService,
  type PathSource,
  type ServiceOptions,
  type VersionDescription,
} from '../../operate/serve/index.js'
import { openThreadedStore, type Store } from '../../operate/store/index.js'
import { sweepRegularly } from '../../operate/track/index.js'
import { type RequestedModels, requestedModels } from './serving/index.js'

export interface PartOptions {
  /** Address of the store. @default none where nothing needs one, else `.modelwright/store.db` */
  readonly store?: string | undefined
  /** Where files of runs and models are. @default `.modelwright/artifacts` */
  readonly artifacts?: string | undefined
  /** Tracking, registry, artifacts and the page; they need the store. @default false */
  readonly track?: boolean | undefined
  /** What is served: paths, and references to models of the registry such as `churn@champion`. @default nothing */
  readonly models?:
    | (Omit<ServiceOptions, 'sources'> & { readonly sources: readonly (string | PathSource)[] })
    | undefined
  /** Shares of versions; without a name, of the only model. */
  readonly traffic?:
    | { readonly model: string | undefined; readonly weights: Readonly<Record<string, number>> }
    | undefined
  /** Below this folder models are loaded by request, as SageMaker's endpoints of many models do. @default none */
  readonly modelFolder?: string | undefined
  /** Where models of the registry are kept that were downloaded. @default `.modelwright/models` */
  readonly cache?: string | undefined
}

export interface Parts {
  readonly store: Store | undefined
  readonly artifacts: Artifacts | undefined
  readonly registry: Registry | undefined
  readonly service: InferenceService | undefined
  readonly requestedModels: RequestedModels | undefined
}

const defaultCache = '.modelwright/models'

/**
 * Opens what is needed. What is opened is closed by the caller, the last first.
 *
 * @param logsRequests - samples of requests go to the store
 * @throws {@link FormatError} when none of the models can be loaded; {@link UsageError} for shares of a model that is not served
 */
export async function openParts(
  options: PartOptions,
  logsRequests: boolean,
  closers: (() => Promise<unknown>)[],
): Promise<Parts> {
  const { models, track = false } = options
  const references = models?.sources.filter((source) => isReference(source)) ?? []
  const needsRegistry = track || references.length > 0
  const needsStore = needsRegistry || logsRequests || options.store !== undefined
  const store = needsStore ? await openThreadedStore(options.store) : undefined
  if (store !== undefined) closers.push(store.close)
  watchRuns(store, track, closers)
  const files = needsRegistry ? await openFiles(store!, options.artifacts) : none
  closers.push(async () => files.artifacts?.[Symbol.asyncDispose]())
  const requested = options.modelFolder === undefined ? undefined : requestedModels(options.modelFolder)
  const parts = { store, ...files, requestedModels: requested }
  if (models === undefined) return { ...parts, service: undefined }
  const cache = options.cache ?? defaultCache
  const sources = [
    ...models.sources.filter((source) => !isReference(source)),
    ...(references.length === 0
      ? []
      : [registrySource({ store: store!, artifacts: files.artifacts!, references, cache })]),
    ...(requested === undefined ? [] : [requested]),
  ]
  const service = await openModels({ ...models, sources }, options.traffic)
  closers.push(service.close)
  return { ...parts, service }
}

const none = { artifacts: undefined, registry: undefined }

async function openFiles(
  store: Store,
  url: string | undefined,
): Promise<{ readonly artifacts: Artifacts; readonly registry: Registry }> {
  const artifacts = await openArtifacts({ url, store })
  return { artifacts, registry: await openRegistry({ store, artifacts }) }
}

/** A file of that name goes before a model of the registry. */
const isReference = (source: string | PathSource): source is string =>
  typeof source === 'string' &&
  (/^models:\/./.test(source) || (/^[^/\\@]+@[^/\\@]+$/.test(source) && !existsSync(source)))

async function openModels(
  options: ServiceOptions,
  traffic: PartOptions['traffic'],
): Promise<InferenceService> {
  const service = await createInferenceService(options)
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
    { format: 'modelwright-bundle', model: first!.model },
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

/** Runs whose process died are shown as such, though nobody asks. */
function watchRuns(store: Store | undefined, track: boolean, closers: (() => Promise<unknown>)[]): void {
  if (!track || store === undefined) return
  const stop = sweepRegularly(store)
  closers.push(async () => stop())
}
