// Routes of MLflow's server that give and take single files, from before the proxy: its page and older clients use them.
import type { FastifyInstance } from 'fastify'
import { NotFoundError, UsageError } from '../../../base/index.js'
import {
  type ArtifactPlace,
  type Artifacts,
  placeBelow,
  placeOfUri,
} from '../../../operate/artifacts/index.js'
import type { Store } from '../../../operate/store/index.js'
import { safePath } from '../mlflow/index.js'
import { contentTypeOf } from './content-types.js'
import { fileBody } from './file-body.js'
import { sendArtifact } from './send-artifact.js'
import { unhurried } from './unhurried.js'

type Params = { readonly id?: string }
type Values = Readonly<Record<string, string | string[] | undefined>>
type Asked = { Params: Params; Querystring: Values }

/** Bodies are files. */
export function addOlderRoutes(server: FastifyInstance, artifacts: Artifacts, store: Store): void {
  const route = (
    url: string,
    placeOf: (query: Values, params: Params) => Promise<ArtifactPlace>,
    field = 'path',
  ): void => {
    server.route<Asked>({
      method: ['GET', 'HEAD'],
      url,
      ...unhurried,
      exposeHeadRoute: false,
      async handler(request, reply) {
        const path = safePath(required(request.query, field))
        const place = await placeOf(request.query, request.params)
        return sendArtifact(artifacts, placeBelow(place, path), request, reply)
      },
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
  for (const api of ['api', 'ajax-api']) {
    const files = `/${api}/2.0/mlflow/logged-models/:id/artifacts/files`
    route(
      files,
      async (_, { id = '' }) => placeAt((await store.loggedModels.get(id)).artifactUri),
      'artifact_file_path',
    )
    addUpload(server, `/${api}/2.0/mlflow/upload-artifact`, artifacts, store)
  }
}

/** What MLflow takes in this way. */
const mostBytes = 10 * 2 ** 20

function addUpload(server: FastifyInstance, url: string, artifacts: Artifacts, store: Store): void {
  server.post<Asked>(url, unhurried, async (request, reply) => {
    const { query, headers } = request
    const [runId, given] = ['run_uuid', 'path'].map((name) => {
      const value = oneOf(query, name)
      if (!value) throw new UsageError(`Request must specify ${name}.`, { argument: name })
      return value
    }) as [string, string]
    const below = safePath(given)
    const size = Number(headers['content-length'] ?? 0)
    if (size > mostBytes)
      throw new UsageError('Artifact size is too large. Max size is 10MB.', { argument: 'data' })
    if (size === 0 && headers['transfer-encoding'] === undefined)
      throw new UsageError('Request must specify data.', { argument: 'data' })
    const { root, path } = placeBelow(await placeOfRun(store, runId), below)
    await artifacts.write(root, path, fileBody(request), { contentType: contentTypeOf(path) })
    return reply.type('application/json').send('')
  })
}

async function placeOfRun(store: Store, runId: string): Promise<ArtifactPlace> {
  const { artifactUri } = await store.runs.get(runId)
  return placeAt(artifactUri)
}

/** Where a version was registered from: a path of a run, or an address of the proxy. */
async function placeOfVersion(store: Store, location: string): Promise<ArtifactPlace> {
  const [, runId, path = ''] = /^runs:\/+([^/]+)\/?(.*)$/.exec(location) ?? []
  if (runId !== undefined) return placeBelow(await placeOfRun(store, runId), path)
  return placeAt(location)
}

const placeAt = (uri: string): ArtifactPlace => placeOfUri(uri) ?? elsewhere(uri)

function elsewhere(uri: string): never {
  throw new NotFoundError(
    `The artifacts lie at '${uri.replace(/\/\/[^@/]*@/, '//')}', which this server does not hold. Read them from there.`,
    { kind: 'artifact', id: uri },
  )
}

/** A value of the query; the last one where it is given many times. */
export function oneOf(query: Values, name: string): string | undefined {
  const value = query[name]
  return Array.isArray(value) ? value.at(-1) : value
}

function required(query: Values, name: string): string {
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
