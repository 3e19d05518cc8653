// Lists of the files of runs and logged models. The files themselves go through the artifact proxy.
import type { ServerContext } from '../face.js'
import type { Store } from '../../../operate/store/index.js'
import { invalidParameter, mlflowError } from './errors.js'
import type { Fields } from './fields.js'
import type { MlflowRoute } from './protocol.js'
import { runIdOf } from './run-routes.js'

export function artifactRoutes(store: Store, { artifacts }: ServerContext): MlflowRoute[] {
  const list = async (root: string, input: Fields, field: string) => {
    if (artifacts === undefined) throw mlflowError('NOT_IMPLEMENTED', 'This server keeps no artifacts.')
    const path = safePath(input.text(field) ?? '')
    const items = await artifacts.list(root, path)
    return items.map((item) => ({ path: item.path, is_dir: item.isDir, file_size: item.fileSize }))
  }
  return [
    {
      method: 'GET',
      path: '/artifacts/list',
      async handle(input) {
        const { runId, artifactUri } = await store.runs.get(runIdOf(input))
        return { root_uri: artifactUri, files: await list(`runs/${runId}`, input, 'path') }
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/directories',
      async handle(input) {
        const { modelId, artifactUri } = await store.loggedModels.get(input.requiredText('model_id'))
        return {
          root_uri: artifactUri,
          files: await list(`logged-models/${modelId}`, input, 'artifact_directory_path'),
        }
      },
    },
  ]
}

/** @throws {@link UsageError} for a path that leads elsewhere */
function safePath(path: string): string {
  const plain = path.replace(/\/+$/, '').replace(/^\.\/?$/, '')
  if (/^[/\\]|(^|[/\\])\.\.([/\\]|$)|^[a-z]:|[\0#]/i.test(plain)) throw invalidParameter('Invalid path')
  return plain
}
