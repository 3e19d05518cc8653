// `modelwright serve`: models that answer over HTTP.
import { existsSync, readdirSync } from 'node:fs'
import { UsageError } from '../../../base/index.js'
import type { ComposedServer } from '../../http/index.js'
import { readFlags } from '../flags.js'
import type { CommandContext } from '../program.js'
import { modelOptions, runServer, serverOptions } from '../run-server.js'
import { serveFlags } from '../server-flags.js'
import { outputTo } from '../terminal/style.js'
import { showServer } from './show-server.js'

/** Where SageMaker puts the files of a model. */
const sagemakerFolder = '/opt/ml/model'

export async function serveCommand({ args, options, version }: CommandContext): Promise<void> {
  const flags = readFlags(serveFlags, options, process.env)
  const given = (args[0] ?? []) as unknown as readonly string[]
  const platform = given.length > 0 ? undefined : platformOf(process.env)
  const baked = process.env['MODELWRIGHT_MODELS']
  const paths = given.length > 0 ? given : (platform?.sources ?? (baked === undefined ? [] : [baked]))
  if (paths.length === 0) {
    throw new UsageError(
      'serve: give what to serve: a bundle, an ONNX file, a folder of these, or name@alias of the registry.',
      { argument: 'models' },
    )
  }
  const common = serverOptions(flags, version)
  const settings = {
    ...common,
    host: common.host ?? platform?.host,
    insecure: common.insecure === true || (platform !== undefined && common.key === undefined),
    models: { sources: named(paths, flags.name), ...modelOptions(flags) },
    traffic: flags.traffic,
  }
  await runServer(settings, flags, (server: ComposedServer) => {
    const output = outputTo(process.stdout)
    if (platform !== undefined)
      output.prose(`Started by ${platform.name}, which asks for credentials itself.`)
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

interface Platform {
  readonly name: string
  readonly sources: readonly string[]
  /** Their proxies come from outside of the container. */
  readonly host: string
}

/** What starts the container with `serve` alone, by what it sets and mounts. Both reach the container only through their own gate. */
function platformOf(environment: Environment): Platform | undefined {
  const { AIP_HTTP_PORT: vertexPort, SM_MODEL_DIR: folder } = environment
  const host = '0.0.0.0'
  if (vertexPort !== undefined) return { name: 'Vertex AI', sources: [vertexFolder(environment)], host }
  const sagemaker = folder ?? sagemakerFolder
  return folder !== undefined || existsSync(sagemaker)
    ? { name: 'SageMaker', sources: [sagemaker], host }
    : undefined
}

/** Vertex names a place in its own storage, for which a client of that storage would be needed. */
function vertexFolder({ AIP_STORAGE_URI: storage, MODELWRIGHT_MODELS: baked }: Environment): string {
  if (baked !== undefined && existsSync(baked) && readdirSync(baked).length > 0) return baked
  if (storage !== undefined && storage !== '' && !/^gs:/.test(storage)) return storage
  throw new UsageError(
    `serve: Vertex AI keeps the model at '${storage ?? ''}', which is not read here. Put the model into the image, in the folder that MODELWRIGHT_MODELS says.`,
    { argument: 'AIP_STORAGE_URI' },
  )
}
