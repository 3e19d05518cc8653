// Models in service for the page: what each version takes, how it is doing, and a try.
import { z } from 'zod'
import type { Row } from '../../../data/index.js'
import type { InferenceService, RowPredictions, VersionDescription } from '../../../operate/serve/index.js'
import type { Prediction, ServedModels, ServedVersion } from './page-types.js'
import { type Route, route } from './route.js'
import { trafficMeter } from './traffic-meter.js'

/** Minutes that are looked back upon. */
const usualMinutes = 15
const mostMinutes = 60
/** A try is a row or a few; batches go to the protocols. */
const mostRows = 100

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

export function servingRoutes(service: InferenceService): readonly Route[] {
  const meter = trafficMeter()
  service.onRequest(meter.record)
  return [
    route({
      method: 'GET',
      path: '/api/v1/serving',
      summary: 'Versions in service: state, signature, share of traffic.',
      handle: async (): Promise<ServedModels> => ({
        ready: service.ready,
        versions: service.describe().map((version) => servedVersion(service, version)),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/serving/statistics',
      summary: 'Requests, errors and latencies of each version in the last minutes.',
      query: z.object({ minutes: z.coerce.number().min(1).max(mostMinutes).optional() }),
      handle: async ({ query }) => meter.statistics(query.minutes ?? usualMinutes),
    }),
    route({
      method: 'POST',
      path: '/api/v1/serving/try',
      scope: 'predict',
      summary: 'Predicts some rows with one version, with explanations where it can.',
      body: z.object({
        model: z.string(),
        version: z.string().optional(),
        rows: z.array(z.record(z.string(), cell)).min(1).max(mostRows),
        explain: z.boolean().optional(),
      }),
      async handle({ body: { model, version, rows, explain } }): Promise<Prediction> {
        const answer = await service.predictRows({ model, version }, rows as readonly Row[], { explain })
        return predictionOf(answer)
      },
    }),
  ] as readonly Route[]
}

function servedVersion(service: InferenceService, version: VersionDescription): ServedVersion {
  const weights = service.traffic(version.model)
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0)
  return {
    model: version.model,
    version: version.version,
    state: version.state,
    reason: version.reason ?? null,
    kind: version.kind,
    task: version.task ?? null,
    fields:
      version.columns?.map(({ name, type, labels }) => ({
        name,
        type,
        categories: labels === undefined ? [] : [...labels],
        optional: true,
      })) ?? null,
    inputs: version.inputs,
    aliases: version.aliases,
    bytes: version.bytes,
    batching: version.batching,
    weight: sum > 0 ? (weights[version.version] ?? 0) / sum : null,
  }
}

const predictionOf = (answer: RowPredictions): Prediction => ({
  served: answer.served,
  predictions: answer.predictions,
  probabilities: answer.probabilities ?? null,
  classes: answer.classes,
  intervals: answer.intervals ?? null,
  warnings: answer.warnings,
  explanations: answer.explanations ?? null,
})
