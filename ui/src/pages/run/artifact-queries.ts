// Files of a run, as they are asked for.
import { queryOptions } from '@tanstack/react-query'
import type { ArtifactList } from '../../../../src/app/http/api/page-types.js'
import { ask, askJson } from '../../api/client.js'
import { inPath } from '../../api/queries.js'

export const contentPath = (runId: string, path: string): string =>
  `/api/v1/runs/${inPath(runId)}/artifacts/content?path=${inPath(path)}`

export const artifactsQuery = (runId: string, path: string) =>
  queryOptions({
    queryKey: ['artifacts', runId, path],
    queryFn: ({ signal }) =>
      askJson<ArtifactList>(`/api/v1/runs/${inPath(runId)}/artifacts?path=${inPath(path)}`, { signal }),
  })

/** Bytes that are read for a look: a text of a megabyte nobody reads to its end. */
export const mostPreviewed = 2 * 2 ** 20

/** The contents of a file, or undefined where it is too large for a look. */
export const fileQuery = (runId: string, path: string, most = mostPreviewed) =>
  queryOptions({
    queryKey: ['file', runId, path, most],
    async queryFn({ signal }) {
      const response = await ask(contentPath(runId, path), { signal })
      const size = Number(response.headers.get('Content-Length') ?? 0)
      if (size <= most) return { size, blob: await response.blob() }
      await response.body?.cancel()
      return { size, blob: undefined }
    },
    staleTime: 60_000,
  })
