// Datasets for the page, with the profile that was logged of them.
import { z } from 'zod'
import type { DatasetInfo, Store } from '../../../operate/store/index.js'
import type { DatasetDetail, DatasetList, DatasetSummary } from './page-types.js'
import { type Route, route } from './route.js'
import { headOf } from './run-words.js'

/** A list that is longer is searched by the runs that used it. */
const mostDatasets = 2000
const mostRuns = 200

export function datasetRoutes(store: Store): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/datasets',
      summary: 'Datasets that runs read, newest first.',
      handle: async (): Promise<DatasetList> => ({
        datasets: (await store.overview.datasets(mostDatasets)).map(summaryOf),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/datasets/:datasetId',
      summary: 'A dataset with its schema, its profile and the runs that read it.',
      params: z.object({ datasetId: z.coerce.number().int().min(0) }),
      async handle({ params }): Promise<DatasetDetail> {
        const found = await store.overview.dataset(params.datasetId)
        const runs = await store.overview.runsOfDataset(params.datasetId, mostRuns)
        return {
          ...summaryOf(found),
          schema: parsed(found.schema),
          profile: parsed(found.profile),
          usedBy: runs.map(headOf),
        }
      },
    }),
  ] as readonly Route[]
}

const summaryOf = ({ datasetId, experimentId, name, digest, ...rest }: DatasetInfo): DatasetSummary => ({
  datasetId,
  experimentId,
  name,
  digest,
  sourceType: rest.sourceType,
  source: rest.source,
  runs: rest.runs,
})

/** Clients log what they like here: JSON where it is JSON, else the text. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
