// Making a bundle a version: checked, copied to the artifacts, and only then entered.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConflictError, NotFoundError } from '../../base/index.js'
import { type Manifest, readBundle } from '../bundle/index.js'
import type { ModelVersion, RegisteredModel, Store } from '../store/index.js'
import { lineageOf } from './lineage.js'
import { type RegistryArtifacts, versionLocation, versionRoot } from './model-files.js'
import { checkAlias, checkModelName, checkTags } from './names.js'
import { signatureOf } from './signature.js'

export interface RegisterOptions {
  /** Put to the new version at once, without a gate. */
  readonly aliases?: readonly string[] | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly description?: string | undefined
  /** The run that made the bundle. @default the run it is taken from, else none */
  readonly runId?: string | undefined
  readonly userId?: string | undefined
}

/** A bundle among the artifacts of a run. */
export interface RunBundle {
  readonly run: string
  /** The folder of the bundle below the run's artifacts. @default 'model', where tracking puts it */
  readonly path?: string | undefined
}

interface Keeping {
  readonly store: Store
  readonly artifacts: RegistryArtifacts
}

/** Behind {@link Registry.register}. */
export async function register(
  keeping: Keeping,
  name: string,
  source: string | RunBundle,
  options: RegisterOptions = {},
): Promise<ModelVersion> {
  checkModelName(name)
  for (const alias of options.aliases ?? []) checkAlias(alias)
  checkTags(options.tags ?? {})
  const run = typeof source === 'string' ? runBundle(source) : source
  if (run === undefined)
    return enter(keeping, name, { folder: source as string, said: source as string }, options)
  const folder = await mkdtemp(join(tmpdir(), 'modelwright-register-'))
  try {
    const path = run.path ?? 'model'
    const count = await keeping.artifacts.downloadFolder(`runs/${run.run}`, folder, { folder: path })
    if (count === 0) {
      throw new NotFoundError(
        `The run '${run.run}' has no bundle '${path}' among its artifacts. Give the folder in which it lies (path), or a run that wrote one.`,
        { kind: 'bundle', id: `${run.run}/${path}` },
      )
    }
    const said = `runs:/${run.run}/${path}`
    return await enter(keeping, name, { folder, said }, { runId: run.run, ...options })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `runs:/<run>/<path>`, as MLflow writes it. */
function runBundle(source: string): RunBundle | undefined {
  const [, run, path] = /^runs:\/+([^/]+)(?:\/(.+))?$/s.exec(source) ?? []
  return run === undefined ? undefined : { run, path }
}

async function enter(
  { store, artifacts }: Keeping,
  name: string,
  { folder, said }: { readonly folder: string; readonly said: string },
  options: RegisterOptions,
): Promise<ModelVersion> {
  const { manifest } = await readBundle(folder)
  const runId = options.runId ?? (await runThatMade(store, manifest))
  const run = runId === undefined ? undefined : await store.runs.get(runId)
  const model = await ensureModel(store, name, options.userId)
  const id = randomUUID().replaceAll('-', '')
  await artifacts.writeFolder(versionRoot(id), folder)
  const { version } = await store.models.createVersion(name, {
    source: said,
    storageLocation: versionLocation(id),
    runId: run?.runId,
    description: options.description,
    tags: options.tags,
    userId: options.userId,
    signature: signatureOf(manifest),
    lineage: lineageOf(manifest, run, parentOf(model)),
  })
  for (const alias of options.aliases ?? []) {
    await store.models.moveAlias(name, {
      alias,
      version,
      event: { kind: 'alias-set', userId: options.userId },
    })
  }
  return store.models.getVersion(name, version)
}

/** A folder does not say which run wrote it; its graph and its data do. */
const runThatMade = (store: Store, { files, data }: Manifest): Promise<string | undefined> =>
  store.runs.newestWith({
    'modelwright.modelHash': files['model.onnx'] ?? '',
    'modelwright.dataHash': data.hash,
  })

const parentOf = ({ aliases, latestVersions }: RegisteredModel): number | undefined =>
  aliases['champion'] ?? latestVersions.at(-1)?.version

async function ensureModel(store: Store, name: string, userId: string | undefined): Promise<RegisteredModel> {
  try {
    return await store.models.get(name)
  } catch (error) {
    if (!NotFoundError.is(error)) throw error
  }
  try {
    return await store.models.create({ name, userId })
  } catch (error) {
    // Somebody else was quicker, which is as good.
    if (ConflictError.is(error)) return store.models.get(name)
    throw error
  }
}
