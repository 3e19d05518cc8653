// Curves of metrics for the page: of one run or of many, thinned out by the store to what a screen can show.
import { z } from 'zod'
import type { Store } from '../../../operate/store/index.js'
import { figure } from './figures.js'
import type { Curve, CurveList } from './page-types.js'
import { type Route, route } from './route.js'
import { requireFew } from './run-routes.js'

/** A screen is two to four thousand pixels wide, and an extreme needs two points beside each other. */
const mostPoints = 5000
const usualPoints = 500
/** Runs × metrics of one request: a page of sparklines is fifty, thirty compared runs with ten metrics three hundred. */
const mostCurves = 1000
/** Points of one request: all of these curves as they are usually asked for, 15 MB of JSON. */
const mostPointsAtOnce = mostCurves * usualPoints

const points = z.coerce.number().int().min(2).max(mostPoints).optional()

export function curveRoutes(store: Store): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/runs/:runId/metrics',
      summary: 'Curves of a run’s metrics; `keys` may be given several times.',
      params: z.object({ runId: z.string() }),
      query: z.object({ keys: z.union([z.string().transform((key) => [key]), z.array(z.string())]), points }),
      handle: ({ params, query }) =>
        curves(store, { runIds: [params.runId], keys: query.keys, points: query.points }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/runs/metrics',
      scope: 'read',
      summary: 'Curves of some metrics of many runs.',
      body: z.object({
        runIds: z.array(z.string()).min(1),
        keys: z.array(z.string()).min(1),
        points,
      }),
      handle: ({ body }) => curves(store, body),
    }),
  ] as readonly Route[]
}

interface Wanted {
  readonly runIds: readonly string[]
  readonly keys: readonly string[]
  readonly points?: number | undefined
}

async function curves(
  store: Store,
  { runIds, keys, points: count = usualPoints }: Wanted,
): Promise<CurveList> {
  const names = [...new Set(keys)]
  const wanted = [...new Set(runIds)].flatMap((runId) => names.map((key) => ({ runId, key })))
  requireFew(wanted.length, mostCurves, 'curves')
  requireFew(wanted.length * count, mostPointsAtOnce, 'points')
  const found = await Promise.all(
    wanted.map(async ({ runId, key }) =>
      curveOf(runId, key, await store.logging.downsampledHistory(runId, key, { points: count })),
    ),
  )
  return { curves: found.filter(({ values }) => values.length > 0) }
}

/** Points in columns. */
export const curveOf = (
  runId: string,
  key: string,
  history: readonly { readonly value: number; readonly step: number; readonly timestamp: number }[],
): Curve => ({
  runId,
  key,
  steps: history.map(({ step }) => step),
  times: history.map(({ timestamp }) => timestamp),
  values: history.map(({ value }) => figure(value)),
})
