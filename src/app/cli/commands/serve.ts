// `modelwright serve`: models that answer over HTTP.
import { existsSync, readdirSync } from 'node:fs'
import { UsageError } from '../../../base/index.js'
import { type ComposedServer, type PlatformSettings, platformSettings } from '../../http/index.js'
import { readFlags } from '../flags.js'
import type { CommandContext } from '../program.js'
import { modelOptions, runServer, serverOptions } from '../run-server.js'
import { serveFlags } from '../server-flags.js'
import { outputTo } from '../terminal/style.js'
import { showServer } from './show-server.js'

export async function serveCommand({ args, options, version }: CommandContext): Promise<void> {
  const flags = readFlags(serveFlags, options, process.env)
  const given = (args[0] ?? []) as unknown as readonly string[]
  const place = placeOf(process.env, given)
  if (place.paths.length === 0 && place.modelFolder === undefined) {
    throw new UsageError(
      'serve: give what to serve: a bundle, an ONNX file, a folder of these, or name@alias of the registry.',
      { argument: 'models' },
    )
  }
  const common = serverOptions(flags, version)
  const settings = {
    ...common,
    host: common.host ?? place.host,
    insecure: common.insecure === true || (place.guard !== undefined && common.key === undefined),
    models: { sources: named(place.paths, flags.name), ...modelOptions(flags) },
    modelFolder: place.modelFolder,
    vertex: place.vertex,
    traffic: flags.traffic,
  }
  await runServer(settings, flags, (server: ComposedServer) => {
    const output = outputTo(process.stdout)
    if (place.guard !== undefined)
      output.prose(`Started by ${place.guard}, which asks for credentials itself.`)
    showServer(server, { version, insecure: settings.insecure }, output)
  })
}

/** @throws {@link UsageError} for one name of several models */
function named(
  paths: readonly string[],
  name: string | undefined,
): readonly (string | { readonly path: string; readonly name: string })[] {
  if (name === undefined) return paths
  if (paths.length === 1) return [{ path: paths[0]!, name }]
  throw new UsageError(
    `--name: ${paths.length} models cannot have one name. Serve one, or leave --name out.`,
    {
      argument: '--name',
    },
  )
}

type Environment = Readonly<Record<string, string | undefined>>

/** What the server was started to do, by whom. */
interface Place {
  readonly paths: readonly string[]
  readonly modelFolder: string | undefined
  readonly vertex: PlatformSettings['vertex'] | undefined
  /** A platform whose own gate all requests come through; undefined elsewhere. */
  readonly guard: string | undefined
  readonly host: string | undefined
}

/** Arguments go before what the environment says; platforms reach their containers from outside of them. */
function placeOf(env: Environment, given: readonly string[]): Place {
  // Vertex names a bucket also where the model is in the image.
  const needsNoBucket = given.length > 0 || isFilled(env['MODELWRIGHT_MODELS'])
  const platform = platformSettings(needsNoBucket ? { ...env, AIP_STORAGE_URI: undefined } : env)
  const guard = guardOf(env, given, platform)
  const shared = { vertex: platform.vertex, guard, host: guard === undefined ? undefined : '0.0.0.0' }
  if (given.length > 0) return { ...shared, paths: given, modelFolder: undefined }
  return { ...shared, paths: pathsOf(env, platform), modelFolder: platform.modelFolder }
}

const isFilled = (folder: string | undefined): boolean =>
  folder !== undefined && existsSync(folder) && readdirSync(folder).length > 0

/** Vertex sets the port in all its containers; SageMaker is known for sure only by its `serve` without anything. */
function guardOf(env: Environment, given: readonly string[], { platform }: PlatformSettings): Place['guard'] {
  if (env['AIP_HTTP_PORT'] !== undefined) return 'Vertex AI'
  const isSagemaker = env['SM_MODEL_DIR'] !== undefined || platform === 'sagemaker'
  return isSagemaker && given.length === 0 ? 'SageMaker' : undefined
}

function pathsOf(env: Environment, { model, modelFolder }: PlatformSettings): readonly string[] {
  const found = env['SM_MODEL_DIR'] ?? model ?? env['MODELWRIGHT_MODELS']
  return found === undefined || modelFolder !== undefined ? [] : [found]
}
