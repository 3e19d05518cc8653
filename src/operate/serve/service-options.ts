// The options of a service, and their defaults.
import { availableParallelism } from 'node:os'
import {
  custom,
  defineOptions,
  integer,
  memoryOfMachine,
  oneOf,
  type OptionSpec,
  real,
  threadsOption,
} from '../../base/index.js'
import type { EngineChoice } from '../../engine/onnx/index.js'
import type { ModelSource, PathSource } from './model-source.js'
import type { BatchSettings, Placement } from './service.js'

/** What is served, and how. */
export interface ServiceOptions {
  /** Paths of bundles, of ONNX files and of folders of these, and sources such as a registry. */
  readonly sources: readonly (string | PathSource | ModelSource)[]
  /** Names that point to versions, by model; they go before those of a source. @default none */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined
  /** How requests are joined. @default maxBatch 64, maxDelay 0 */
  readonly batching?: Partial<BatchSettings> | undefined
  /** The same for single models. @default as `batching` */
  readonly batchingByModel?: Readonly<Record<string, Partial<BatchSettings>>> | undefined
  /**
   * What is loaded before the service is there: versions that answer by default or have a name, all, or none. The others are loaded
   * when first asked for. @default 'default'
   */
  readonly preload?: 'default' | 'all' | 'none' | undefined
  /** Milliseconds between two looks at the sources, by which changed files are loaded again; 0 for never. @default 2000 */
  readonly watchInterval?: number | undefined
  /**
   * Where graphs run: in worker threads, in the thread of the service, or `auto`: there if the shortest of the first
   * runs took less than half a millisecond, or less than one and than twice the way to a worker and back. @default 'auto'
   */
  readonly placement?: Placement | 'auto' | undefined
  /** Worker threads; each holds every model that runs in workers. @default one for four cores, from 2 to 8 */
  readonly workers?: number | undefined
  /** Threads of one operator in a worker. @default twice its share of the cores, as not all workers compute at once */
  readonly threads?: number | undefined
  /** Which runtime computes. @default 'auto' */
  readonly engine?: EngineChoice | undefined
  /** Bytes that models may occupy; beyond, those that were not asked for longest are put away until they are. @default half of the memory */
  readonly memoryLimit?: number | undefined
  /** Rows that may wait for one version; requests that come when as many wait are refused. @default 2048 */
  readonly queueLimit?: number | undefined
  /** Rows of one request that may be explained. @default 100 */
  readonly explainRows?: number | undefined
  /** Milliseconds that `close` waits for requests under way. @default 30000 */
  readonly drainTime?: number | undefined
}

type Batching = Partial<BatchSettings>

/** Options with their defaults. */
interface DeclaredOptions {
  readonly sources: ServiceOptions['sources']
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly batching: Batching
  readonly batchingByModel: Readonly<Record<string, Batching>>
  readonly preload: 'default' | 'all' | 'none'
  readonly watchInterval: number
  readonly placement: Placement | 'auto'
  readonly workers: number
  readonly threads: number | undefined
  readonly engine: EngineChoice | undefined
  readonly memoryLimit: number
  readonly queueLimit: number
  readonly explainRows: number
  readonly drainTime: number
}

/** What a service goes by. */
export interface Settings extends Omit<DeclaredOptions, 'batching' | 'batchingByModel'> {
  batchingOf(model: string): BatchSettings
  readonly threadsOfWorker: number
}

const anObject = <T extends object>(expected: string): OptionSpec<T> =>
  custom<T>({
    default: {} as T,
    expected,
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  })

const cores = availableParallelism()

const declared = defineOptions<DeclaredOptions>({
  sources: custom<ServiceOptions['sources']>({
    default: [],
    expected: 'a list of paths and sources',
    accepts: (value) =>
      Array.isArray(value) &&
      value.every(
        (source: unknown) =>
          typeof source === 'string' ||
          (typeof source === 'object' && source !== null && ('path' in source || 'list' in source)),
      ),
  }),
  aliases: anObject('an object of aliases by model'),
  batching: anObject('an object with maxBatch and maxDelay'),
  batchingByModel: anObject('an object of batching by model'),
  preload: oneOf(['default', 'all', 'none'], { default: 'default' }),
  // A day: timers of Node end at 24 of them.
  watchInterval: integer({ min: 0, max: 86_400_000, default: 2000 }),
  placement: oneOf(['auto', 'worker', 'thread'], { default: 'auto' }),
  // Two at least: a slow model then does not hold up the others.
  workers: integer({ min: 1, max: 256, default: Math.min(8, Math.max(2, Math.floor(cores / 4))) }),
  threads: threadsOption,
  // Engines themselves say which there are.
  engine: custom<EngineChoice | undefined>({
    default: undefined,
    expected: 'an engine',
    accepts: () => true,
  }),
  memoryLimit: real({ min: 0, default: memoryOfMachine() / 2 }),
  queueLimit: integer({ min: 1, default: 2048 }),
  explainRows: integer({ min: 1, default: 100 }),
  drainTime: integer({ min: 0, max: 86_400_000, default: 30_000 }),
})

const declaredBatching = defineOptions<BatchSettings>({
  maxBatch: integer({ min: 1, default: 64 }),
  maxDelay: real({ min: 0, max: 60_000, default: 0 }),
})

/** @throws {@link InvalidOptionError} for an unknown name or an unaccepted value */
export function settingsOf(options: ServiceOptions): Settings {
  const { batching, batchingByModel, ...given } = declared.parse('createInferenceService', options)
  const shared = declaredBatching.parse('batching', batching)
  const byModel = new Map(
    Object.entries(batchingByModel).map(([model, own]) => {
      const { maxBatch = shared.maxBatch, maxDelay = shared.maxDelay } = own
      return [model, declaredBatching.parse('batching', { ...own, maxBatch, maxDelay })]
    }),
  )
  return {
    ...given,
    batchingOf: (model) => byModel.get(model) ?? shared,
    threadsOfWorker: given.threads ?? Math.min(cores, Math.ceil((2 * cores) / given.workers)),
  }
}
