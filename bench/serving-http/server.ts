// The servers that are compared, in one process: ours with all protocols, another that joins no requests, and a fastify handler that
// calls the bare runtime. Arguments: a bundle and ONNX files. Says its ports on one line.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fastify } from 'fastify'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Field } from 'modelwright/data'
import { createInferenceService } from 'modelwright/serve'

const [bundle = '', ...graphs] = process.argv.slice(2)
const load = (file: string): Promise<unknown> => import(pathToFileURL(join(process.cwd(), 'dist', file)).href)
const { createServer } = (await load('app/http/server.js')) as typeof import('../../dist/app/http/server.js')
const { servingFaces } = (await load(
  'app/http/serving/index.js',
)) as typeof import('../../dist/app/http/serving/index.js')

const service = await createInferenceService({ sources: [bundle, ...graphs] })
const serverOf = async (own: typeof service): Promise<Awaited<ReturnType<typeof createServer>>> => {
  const server = await createServer({ service: own }, { faces: [servingFaces] })
  await server.listen({ port: 0, host: '127.0.0.1' })
  return server
}
const ours = await serverOf(service)
const single = await serverOf(
  await createInferenceService({ sources: [bundle, ...graphs], batching: { maxBatch: 1 } }),
)

const { signature, classes } = JSON.parse(readFileSync(join(bundle, 'manifest.json'), 'utf8')) as {
  signature: { inputs: Field[] }
  classes: string[]
}
const session = await InferenceSession.create(join(bundle, 'model.onnx'), {
  executionProviders: ['cpu'],
  logSeverityLevel: 4,
  // As in our sessions: what is compared is the way to the runtime.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
})
const bare = fastify()
bare.post<{ Body: Record<string, string | number> }>('/predict', async ({ body }) => {
  const feeds: Record<string, Tensor> = {}
  for (const { name, type } of signature.inputs) {
    feeds[name] =
      type === 'string'
        ? new Tensor('string', [body[name] as string], [1, 1])
        : new Tensor('float64', Float64Array.of(Number(body[name])), [1, 1])
  }
  const { prediction, probabilities } = await session.run(feeds)
  const shares = probabilities!.data as Float64Array
  return {
    prediction: (prediction!.data as string[])[0],
    probabilities: Object.fromEntries(classes.map((label, code) => [label, shares[code]])),
  }
})
await bare.listen({ port: 0, host: '127.0.0.1' })

const portOf = (server: { readonly server: { address(): unknown } }): number =>
  (server.server.address() as { port: number }).port
const placements = service.describe().map(({ model, placement }) => [model, placement])
console.log(JSON.stringify({ ours: portOf(ours), single: portOf(single), bare: portOf(bare), placements }))
