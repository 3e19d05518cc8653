// MLflow's artifact proxy: clients read and write files of runs and models through this server and need no keys of S3.
import type { FastifyInstance } from 'fastify'
import { NotFoundError } from '../../../base/index.js'
import { type Artifacts, placeOfPath } from '../../../operate/artifacts/index.js'
import type { Face } from '../face.js'
import { sendMlflowError } from '../mlflow/index.js'
import { contentTypeOf } from './content-types.js'
import { fileBody } from './file-body.js'
import { addOlderRoutes, oneOf } from './older-routes.js'
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
  server.setErrorHandler((error, _request, reply) => {
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
    for (const prefix of prefixes) {
      addFileRoutes(scope, artifacts, prefix)
      // What newer clients may ask for, such as addresses of S3 that need no key.
      scope.all(`${prefix}/*`, async ({ method, url }) => {
        throw new NotFoundError(`API not found: this server does not know ${method} ${url.split('?')[0]}.`, {
          errorCode: 'ENDPOINT_NOT_FOUND',
        })
      })
    }
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
