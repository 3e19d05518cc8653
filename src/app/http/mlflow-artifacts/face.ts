// MLflow's artifact proxy: clients read and write files of runs and models through this server and need no keys of S3.
import type { FastifyInstance } from 'fastify'
import { NotFoundError, UsageError } from '../../../base/index.js'
import {
  type ArtifactPlace,
  type Artifacts,
  placeBelow,
  placeOfPath,
  placeOfUri,
} from '../../../operate/artifacts/index.js'
import type { Store } from '../../../operate/store/index.js'
import type { Face } from '../face.js'
import { sendMlflowError } from '../mlflow/index.js'
import { contentTypeOf } from './content-types.js'
import { discardRest, fileBody } from './file-body.js'
import { sendArtifact } from './send-artifact.js'
import { unhurried } from './unhurried.js'
import { addUploadRoutes } from './uploads.js'

/** MLflow's page asks below the second. */
const prefixes = ['/api/2.0/mlflow-artifacts', '/ajax-api/2.0/mlflow-artifacts']

type Wildcard = { Params: { '*': string } }
type Query = { Querystring: Readonly<Record<string, string | string[] | undefined>> }

/** The routes of MLflow's artifact proxy, and those of its server that give single files of runs and versions. */
export const mlflowArtifactsFace: Face = async (server, { artifacts, store }) => {
  if (artifacts === undefined) return
  server.setErrorHandler((error, request, reply) => {
    discardRest(request)
    // What a file would have been sent with.
    for (const name of ['Content-Disposition', 'Content-Range', 'Content-Length', 'ETag']) {
      reply.removeHeader(name)
      reply.raw.removeHeader(name)
    }
    return sendMlflowError(error, reply)
  })
  await server.register((scope, _options, done) => {
    for (const prefix of prefixes) addUploadRoutes(scope, artifacts, prefix)
    takeAnyJson(scope)
    done()
  })
  await server.register((scope, _options, done) => {
    takeBytes(scope)
    for (const prefix of prefixes) addFileRoutes(scope, artifacts, prefix)
    if (store !== undefined) addOlderRoutes(scope, artifacts, store)
    done()
  })
}

/** Bodies are JSON whatever type is said, as MLflow's server reads them. */
function takeAnyJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, server.getDefaultJsonParser('error', 'error'))
}

/** Bodies are files whatever type is said, and flow. */
function takeBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, body, done) => done(null, body))
}

function addFileRoutes(server: FastifyInstance, artifacts: Artifacts, prefix: string): void {
  server.get<Query>(`${prefix}/artifacts`, async ({ query }) => {
    const { root, path } = placeOfPath(oneOf(query, 'path') ?? '')
    const items = await artifacts.list(root, path)
    const files = items.map((item) => ({
      path: item.path.slice(item.path.lastIndexOf('/') + 1),
      is_dir: item.isDir,
      ...(item.fileSize !== undefined && { file_size: item.fileSize }),
    }))
    // Messages without any entries leave out the list, as protocol buffers do.
    return files.length === 0 ? {} : { files }
  })
  server.route<Wildcard>({
    method: ['GET', 'HEAD'],
    url: `${prefix}/artifacts/*`,
    ...unhurried,
    exposeHeadRoute: false,
    handler: (request, reply) => sendArtifact(artifacts, placeOfPath(request.params['*']), request, reply),
  })
  server.put<Wildcard>(`${prefix}/artifacts/*`, unhurried, async (request) => {
    const { root, path } = placeOfPath(request.params['*'])
    await artifacts.write(root, path, fileBody(request), { contentType: contentTypeOf(path) })
    return {}
  })
  server.delete<Wildcard>(`${prefix}/artifacts/*`, async (request) => {
    const { root, path } = placeOfPath(request.params['*'])
    await artifacts.remove(root, path)
    return {}
  })
  server.put<{ Params: { upload: string; number: string } }>(
    `${prefix}/mpu/parts/:upload/:number`,
    unhurried,
    async (request, reply) => {
      const { upload, number } = request.params
      const { hash } = await artifacts.blobs.putPart(upload, Number(number), fileBody(request))
      return reply.header('ETag', `"${hash}"`).send()
    },
  )
}

/** Routes from before the proxy, which MLflow's page and older clients use. */
function addOlderRoutes(server: FastifyInstance, artifacts: Artifacts, store: Store): void {
  const route = (url: string, placeOf: (query: Query['Querystring']) => Promise<ArtifactPlace>): void => {
    server.route<Query>({
      method: ['GET', 'HEAD'],
      url,
      ...unhurried,
      exposeHeadRoute: false,
      handler: async (request, reply) =>
        sendArtifact(
          artifacts,
          placeBelow(await placeOf(request.query), required(request.query, 'path')),
          request,
          reply,
        ),
    })
  }
  route('/get-artifact', (query) => placeOfRun(store, oneOf(query, 'run_id') ?? required(query, 'run_uuid')))
  route('/model-versions/get-artifact', async (query) => {
    const version = await store.models.getVersion(
      required(query, 'name'),
      wholeNumber(required(query, 'version')),
    )
    return placeOfVersion(store, version.storageLocation)
  })
}

async function placeOfRun(store: Store, runId: string): Promise<ArtifactPlace> {
  const { artifactUri } = await store.runs.get(runId)
  return placeOfUri(artifactUri) ?? elsewhere(artifactUri)
}

/** Where a version was registered from: a path of a run, or an address of the proxy. */
async function placeOfVersion(store: Store, location: string): Promise<ArtifactPlace> {
  const [, runId, path = ''] = /^runs:\/+([^/]+)\/?(.*)$/.exec(location) ?? []
  if (runId !== undefined) return placeBelow(await placeOfRun(store, runId), path)
  return placeOfUri(location) ?? elsewhere(location)
}

function elsewhere(uri: string): never {
  throw new NotFoundError(
    `The artifacts lie at '${uri.replace(/\/\/[^@/]*@/, '//')}', which this server does not hold. Read them from there.`,
    { kind: 'artifact', id: uri },
  )
}

/** A value of the query; the last one where it is given many times. */
function oneOf(query: Query['Querystring'], name: string): string | undefined {
  const value = query[name]
  return Array.isArray(value) ? value.at(-1) : value
}

function required(query: Query['Querystring'], name: string): string {
  const value = oneOf(query, name)
  if (value !== undefined && value !== '') return value
  throw new UsageError(`Missing value for required parameter '${name}'. Give it in the query.`, {
    argument: name,
  })
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`Invalid value for parameter 'version', expected a whole number.`, {
    argument: 'version',
  })
}
