// How models in service are doing, for the page; what they are and what they predict is told by the own API of serving.
import { z } from 'zod'
import type { InferenceService } from '../../../operate/serve/index.js'
import { type Route, route } from './route.js'
import { trafficMeter } from './traffic-meter.js'

/** Minutes that are looked back upon. */
const usualMinutes = 15
const mostMinutes = 60

export function servingRoutes(service: InferenceService): readonly Route[] {
  const meter = trafficMeter()
  service.onRequest(meter.record)
  return [
    route({
      method: 'GET',
      path: '/api/v1/serving/statistics',
      summary: 'Requests, errors and latencies of each version in the last minutes.',
      query: z.object({ minutes: z.coerce.number().min(1).max(mostMinutes).optional() }),
      handle: async ({ query }) => meter.statistics(query.minutes ?? usualMinutes),
    }),
  ] as readonly Route[]
}
