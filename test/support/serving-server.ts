// A server with every protocol over real models: two versions of a classifier, a regressor, and plain graphs.
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createServer, type Server, type ServerContext } from '../../src/app/http/index.js'
import type { Access } from '../../src/app/http/guard/access.js'
import { servingFaces } from '../../src/app/http/serving/index.js'
import type { Row } from '../../src/data/index.js'
import { graphBuilder, type TensorType } from '../../src/engine/onnx/index.js'
import { createInferenceService, type InferenceService } from '../../src/operate/serve/index.js'
import { house, houses, lookup, put, scaling, temporaryFolder, writeHouseBundle } from './served-models.js'

/** Every element type that tensors have. */
export const everyType: readonly TensorType[] = [
  'bool',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'float32',
  'float64',
  'string',
]

/** Gives back what it is given, in each type: input `int64`, output `int64 out`. */
function echo(): Uint8Array {
  const g = graphBuilder({ name: 'echo' })
  for (const type of everyType) {
    g.output(`${type} out`, g.node('Identity', [g.input(type, type, ['N'])]), type, ['N'])
  }
  return g.build()
}

/** One input of texts, given back under a name that TensorFlow Serving takes for bytes. */
function texts(): Uint8Array {
  const g = graphBuilder({ name: 'texts' })
  g.output('said_bytes', g.node('Identity', [g.input('text', 'string', ['N'])]), 'string', ['N'])
  return g.build()
}

export interface ServingServer {
  readonly server: Server
  readonly service: InferenceService
  readonly folder: string
}

interface Setup extends Omit<ServerContext, 'service'> {
  /** Only these models. @default all */
  readonly only?: readonly string[]
  readonly jsonLimit?: number
  readonly bodyLimit?: number
  readonly access?: Access
}

/** What rows of `dear` (a classifier, versions 1 and 2) and `cost` (a regressor) are. */
export const rows: readonly Row[] = houses.slice(0, 8).map(house)

/**
 * The models are `dear` (1 and 2, alias `champion` on 1), `cost`, and the graphs `scaling`, `lookup`, `echo` and `texts`. Closed after
 * the tests of the file.
 */
export async function servingServer({
  only,
  jsonLimit,
  bodyLimit,
  access,
  ...context
}: Setup = {}): Promise<ServingServer> {
  const folder = temporaryFolder()
  const wanted = (name: string): boolean => only?.includes(name) ?? true
  if (wanted('dear')) {
    await writeHouseBundle(join(folder, 'dear', '1'), { task: 'binary' })
    await writeHouseBundle(join(folder, 'dear', '2'), { task: 'binary' })
  }
  if (wanted('cost')) await writeHouseBundle(join(folder, 'cost'))
  const graphs = { scaling: () => scaling(2), lookup, echo, texts }
  for (const [name, build] of Object.entries(graphs)) {
    if (wanted(name)) put(join(folder, `${name}.onnx`), build())
  }
  const service = await createInferenceService({
    sources: [folder, ...(context.requestedModels === undefined ? [] : [context.requestedModels])],
    aliases: wanted('dear') ? { dear: { champion: '1' } } : {},
    preload: 'all',
    watchInterval: 0,
    workers: 1,
  })
  const server = await createServer(
    { ...context, service },
    { faces: [servingFaces], jsonLimit, bodyLimit, access },
  )
  afterAll(async () => {
    await server.close()
    await service.close()
  })
  return { server, service, folder }
}
