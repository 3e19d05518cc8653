// Files of runs for the page: what there is, and what is in it. A file leaves as an attachment that may do nothing (see send-artifact.ts);
// the page shows it in places of its own.
import { z } from 'zod'
import { NotFoundError } from '../../../base/index.js'
import {
  type ArtifactPlace,
  type Artifacts,
  placeBelow,
  placeOfUri,
} from '../../../operate/artifacts/index.js'
import type { Store } from '../../../operate/store/index.js'
import { sendArtifact } from '../mlflow-artifacts/send-artifact.js'
import type { ArtifactList } from './page-types.js'
import { type Route, route } from './route.js'

const params = z.object({ runId: z.string() })

export function artifactRoutes(store: Store, artifacts: Artifacts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/runs/:runId/artifacts',
      summary: 'Files and folders of a run, of one folder.',
      params,
      query: z.object({ path: z.string().optional() }),
      async handle({ params: { runId }, query: { path = '' } }): Promise<ArtifactList> {
        const place = placeBelow(await placeOfRun(store, runId), path)
        const items = await artifacts.list(place.root, place.path)
        return {
          entries: items.map((item) => ({
            path: [path, item.path.slice(item.path.lastIndexOf('/') + 1)].filter(Boolean).join('/'),
            directory: item.isDir,
            size: item.fileSize ?? null,
          })),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/runs/:runId/artifacts/content',
      summary: 'A file of a run.',
      longLived: true,
      params,
      query: z.object({ path: z.string().min(1) }),
      handle: async ({ params: { runId }, query }, request, reply) =>
        sendArtifact(artifacts, placeBelow(await placeOfRun(store, runId), query.path), request, reply),
    }),
  ] as readonly Route[]
}

async function placeOfRun(store: Store, runId: string): Promise<ArtifactPlace> {
  const { artifactUri } = await store.runs.get(runId)
  const place = placeOfUri(artifactUri)
  if (place !== undefined) return place
  throw new NotFoundError(
    `The files of this run lie at '${artifactUri.replace(/\/\/[^@/]*@/, '//')}', which this server does not hold. Read them from there.`,
    { kind: 'artifact', id: artifactUri },
  )
}
