// Promotion: a challenger takes the place of a champion if the gate lets it, and the record says why or why not.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConflictError, NotFoundError, UsageError } from '../../base/index.js'
import { readTable, type Table, verbatimNames } from '../../data/index.js'
import { loadModel, type LoadedModel } from '../bundle/index.js'
import type { ModelVersion, Store } from '../store/index.js'
import { type GivenGate, parseGate } from './gate.js'
import { type Candidacy, judge, type JudgingData } from './judge.js'
import { downloadVersion, type RegistryArtifacts } from './model-files.js'
import { checkAlias } from './names.js'
import { signatureIn } from './signature.js'
import type { Verdict } from './verdict.js'

export interface PromoteOptions {
  readonly version: number
  /** @default 'champion' */
  readonly alias?: string | undefined
  readonly gate?: GivenGate | undefined
  /**
   * Rows whose target is known: a file that DuckDB reads, a table, or a file among the artifacts of a run.
   * @default the rows that the challenger's run kept for judging
   */
  readonly data?: string | Table | RunFile | undefined
  /** Promotes whatever the gate says; its verdict is recorded with it. @default false */
  readonly force?: boolean | undefined
  /** Why; needed to force. */
  readonly note?: string | undefined
  readonly userId?: string | undefined
}

/** A file among the artifacts of a run. */
export interface RunFile {
  readonly run: string
  readonly path: string
}

/** A promotion that took place. */
export interface Promotion {
  readonly version: ModelVersion
  readonly verdict: Verdict
  /** The gate would have refused it. */
  readonly forced: boolean
}

interface Keeping {
  readonly store: Store
  readonly artifacts: RegistryArtifacts
}

/** Where runs keep the rows that they were judged on. */
const keptRows = 'evaluation/test.parquet'

/** What a gate says, without promoting and without a record. */
export async function assess(keeping: Keeping, name: string, options: PromoteOptions): Promise<Verdict> {
  const { store } = keeping
  const alias = checkAlias(options.alias ?? 'champion')
  const gate = parseGate(options.gate)
  const challenger = await store.models.getVersion(name, options.version)
  const place = (await store.models.get(name)).aliases
  const champion = Object.hasOwn(place, alias)
    ? await store.models.getVersion(name, place[alias]!)
    : undefined
  if (champion?.version === challenger.version) {
    throw new ConflictError(
      `Version ${challenger.version} of model '${name}' is '${alias}' already. Nothing was changed.`,
      {
        kind: 'alias',
        id: `${name}@${alias}`,
      },
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'modelwright-promote-'))
  try {
    const candidacy: Candidacy = {
      gate,
      alias,
      challenger,
      champion,
      approvals: await approvalsOf(store, challenger),
      data: () => judgingData(keeping, options.data, { challenger, champion, folder }),
      load: (version) => load(keeping, version, folder),
    }
    return await judge(candidacy)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Behind {@link Registry.promote}. */
export async function promote(keeping: Keeping, name: string, options: PromoteOptions): Promise<Promotion> {
  const { store } = keeping
  const { force = false, note, userId, version } = options
  if (force && (note === undefined || note.trim() === '')) {
    throw new UsageError(
      'promote: a forced promotion needs words that say why, for the record: note (--note).',
      { argument: 'note' },
    )
  }
  const verdict = await assess(keeping, name, options)
  const details = { verdict, ...(note !== undefined && { note }) }
  const refused = async (sentence: string): Promise<ConflictError> => {
    const event = { kind: 'promotion-refused', version, userId, details: { ...details, sentence } } as const
    await store.models.addEvent(name, event)
    return new ConflictError(sentence, { kind: 'promotion', id: `${name}/${version}`, verdict })
  }
  if (!verdict.passed && !force) throw await refused(verdict.sentence)
  const forced = !verdict.passed
  try {
    await store.models.moveAlias(name, {
      alias: verdict.alias,
      version,
      // The verdict holds against this champion and no other.
      expected: verdict.champion ?? null,
      event: { kind: 'promoted', userId, details: { ...details, forced } },
    })
  } catch (error) {
    throw ConflictError.is(error) ? await refused(error.message) : error
  }
  return { version: await store.models.getVersion(name, version), verdict, forced }
}

/** Who approved a version, each once. */
export async function approvalsOf(store: Store, { name, version }: ModelVersion): Promise<string[]> {
  const events = await store.models.events(name, { kinds: ['approved'], version })
  return [...new Set(events.map(({ userId }) => userId))].toSorted()
}

async function load(keeping: Keeping, version: ModelVersion, folder: string): Promise<LoadedModel> {
  const { path } = await downloadVersion(keeping, version, join(folder, `version-${version.version}`))
  return loadModel(path)
}

interface Judged {
  readonly challenger: ModelVersion
  readonly champion: ModelVersion | undefined
  readonly folder: string
}

async function judgingData(
  keeping: Keeping,
  given: PromoteOptions['data'],
  judged: Judged,
): Promise<JudgingData | undefined> {
  const { challenger, champion, folder } = judged
  const fields = [challenger, champion].flatMap((version) => (version && signatureIn(version)?.inputs) ?? [])
  const read = (path: string): Promise<Table> => readTable(path, { verbatim: verbatimNames(fields) })
  if (typeof given === 'string') return { source: given, table: await read(given) }
  if (given === undefined) {
    const run = challenger.runId
    return run === undefined ? undefined : runData(keeping, { run, path: keptRows }, { folder, read })
  }
  if (!('run' in given)) return { source: 'a table', table: given }
  const found = await runData(keeping, given, { folder, read })
  if (found !== undefined) return found
  throw new NotFoundError(
    `The run '${given.run}' has no file '${given.path}' among its artifacts. List them to see which there are.`,
    { kind: 'artifact', id: given.path },
  )
}

async function runData(
  { artifacts }: Keeping,
  { run, path }: RunFile,
  { folder, read }: { readonly folder: string; readonly read: (path: string) => Promise<Table> },
): Promise<JudgingData | undefined> {
  const place = join(folder, 'rows')
  const count = await artifacts.downloadFolder(`runs/${run}`, place, { folder: path })
  if (count !== 1) return undefined
  return { source: `runs:/${run}/${path}`, table: await read(join(place, path.split('/').at(-1)!)) }
}
