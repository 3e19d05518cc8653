// Lists of the files of runs and logged models. The files themselves go through the artifact proxy.
import { placeBelow, placeOfUri } from '../../../operate/artifacts/index.js'
import type { Store } from '../../../operate/store/index.js'
import type { ServerContext } from '../face.js'
import { invalidParameter, mlflowError } from './errors.js'
import type { MlflowRoute } from './protocol.js'
import { runIdOf } from './run-routes.js'

export function artifactRoutes(store: Store, context: ServerContext): MlflowRoute[] {
  return [
    {
      method: 'GET',
      path: '/artifacts/list',
      async handle(input) {
        const [runId, folder] = [runIdOf(input), safePath(input.text('path') ?? '')]
        const { artifactUri } = await store.runs.get(runId)
        return filesIn(context, artifactUri, folder)
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/directories',
      async handle(input) {
        const folder = safePath(input.text('artifact_directory_path') ?? '')
        const { artifactUri } = await store.loggedModels.get(input.requiredText('model_id'))
        return filesIn(context, artifactUri, folder)
      },
    },
  ]
}

async function filesIn({ artifacts }: ServerContext, artifactUri: string, below: string) {
  const place = placeOfUri(artifactUri)
  if (artifacts === undefined || place === undefined) {
    const uri = artifactUri.replace(/\/\/[^@/]*@/, '//')
    throw mlflowError(
      'NOT_IMPLEMENTED',
      `The artifacts lie at '${uri}', which this server does not hold. List them there.`,
    )
  }
  const { root, path } = placeBelow(place, below)
  const items = await artifacts.list(root, path)
  // Paths are told as they are below the run.
  const skipped = place.path === '' ? 0 : place.path.length + 1
  const files = items.map((item) => ({
    path: item.path.slice(skipped),
    is_dir: item.isDir,
    file_size: item.fileSize,
  }))
  return { root_uri: artifactUri, files: files.length === 0 ? undefined : files }
}

/** A path, looked at before what it is below is looked for. @throws {@link UsageError} for one that leads elsewhere */
export function safePath(path: string): string {
  const plain = path.replace(/\/+$/, '').replace(/^\.\/?$/, '')
  if (/^[/\\]|(^|[/\\])\.\.([/\\]|$)|^[a-z]:|[\0#]/i.test(plain)) throw invalidParameter('Invalid path')
  return plain
}
