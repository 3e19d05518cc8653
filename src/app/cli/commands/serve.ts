// `modelwright serve`: models that answer over HTTP.
import { existsSync } from 'node:fs'
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
  const sources = given.length > 0 ? given : platform?.sources
  if (sources === undefined) {
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
    models: { sources, ...modelOptions(flags) },
    traffic: flags.traffic,
  }
  await runServer(settings, flags, (server: ComposedServer) => {
    const output = outputTo(process.stdout)
    if (platform !== undefined)
      output.prose(`Started by ${platform.name}, which asks for credentials itself.`)
    showServer(server, { version, insecure: settings.insecure === true }, output)
  })
}

interface Platform {
  readonly name: string
  readonly sources: readonly string[]
  /** Their proxies come from outside of the container. */
  readonly host: string
}

/** What starts the container with `serve` alone, by what it sets and mounts. Both reach the container only through their own gate. */
function platformOf(environment: Readonly<Record<string, string | undefined>>): Platform | undefined {
  const { AIP_STORAGE_URI: storage, AIP_HTTP_PORT: vertexPort, SM_MODEL_DIR: folder } = environment
  const host = '0.0.0.0'
  if (vertexPort !== undefined) return { name: 'Vertex AI', sources: [vertexFolder(storage)], host }
  const sagemaker = folder ?? sagemakerFolder
  return folder !== undefined || existsSync(sagemaker)
    ? { name: 'SageMaker', sources: [sagemaker], host }
    : undefined
}

/** Vertex names a place in its own storage, for which a client of that storage would be needed. */
function vertexFolder(storage: string | undefined): string {
  const baked = process.env['MODELWRIGHT_MODELS'] ?? '/models'
  if (existsSync(baked)) return baked
  if (storage !== undefined && !/^gs:/.test(storage)) return storage
  throw new UsageError(
    `serve: Vertex AI keeps the model at '${storage ?? ''}', which is not read here. Put the model into the image, in '${baked}' (MODELWRIGHT_MODELS).`,
    { argument: 'AIP_STORAGE_URI' },
  )
}
