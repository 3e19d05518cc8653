// Experiments for the page.
import { z } from 'zod'
import type { Store } from '../../../operate/store/index.js'
import type { ExperimentList, ExperimentSummary } from './page-types.js'
import { type Route, route } from './route.js'

export function experimentRoutes(store: Store): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/experiments',
      summary: 'Every experiment with the number of its runs, deleted ones too.',
      async handle(): Promise<ExperimentList> {
        const [experiments, counts] = await Promise.all([
          store.overview.experiments(),
          store.overview.runCounts(),
        ])
        return {
          experiments: experiments.map(
            ({
              experimentId,
              name,
              lifecycleStage,
              creationTime,
              lastUpdateTime,
              tags,
            }): ExperimentSummary => ({
              experimentId,
              name,
              lifecycleStage,
              creationTime,
              lastUpdateTime,
              tags,
              runs: counts[experimentId] ?? 0,
            }),
          ),
        }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/experiments/:experimentId',
      summary: 'Renames an experiment.',
      params: z.object({ experimentId: z.string() }),
      body: z.object({ name: z.string().min(1).max(500) }),
      async handle({ params, body }): Promise<{ readonly experimentId: string }> {
        await store.experiments.rename(params.experimentId, body.name)
        return { experimentId: params.experimentId }
      },
    }),
  ] as readonly Route[]
}
