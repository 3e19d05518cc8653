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
        const { artifactUri } = await store.runs.get(runIdOf(input))
        return filesIn(context, artifactUri, input.text('path'))
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/directories',
      async handle(input) {
        const { artifactUri } = await store.loggedModels.get(input.requiredText('model_id'))
        return filesIn(context, artifactUri, input.text('artifact_directory_path'))
      },
    },
  ]
}

async function filesIn({ artifacts }: ServerContext, artifactUri: string, folder = '') {
  const below = safePath(folder)
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

/** @throws {@link UsageError} for a path that leads elsewhere */
function safePath(path: string): string {
  const plain = path.replace(/\/+$/, '').replace(/^\.\/?$/, '')
  if (/^[/\\]|(^|[/\\])\.\.([/\\]|$)|^[a-z]:|[\0#]/i.test(plain)) throw invalidParameter('Invalid path')
  return plain
}
