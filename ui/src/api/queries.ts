// What the pages ask, once for all of them: keys of the cache and addresses.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  ColumnNames,
  CurveList,
  CurveSearch,
  DatasetDetail,
  DatasetList,
  ExperimentList,
  RunDetail,
  RunPage,
  RunSearch,
  RunsCompared,
  ServedModels,
  ServerParts,
  ServingStatistics,
} from '../../../src/app/http/api/page-types.js'
import { askJson } from './client.js'

/** Names of things stand in paths. */
export const inPath = encodeURIComponent

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => askJson<ServerParts>('/api/v1/server', { signal }),
  staleTime: Infinity,
})

interface SessionData {
  readonly keys: boolean
  readonly caller: { readonly name: string; readonly scopes: readonly string[] } | null
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => askJson<SessionData>('/api/v1/session', { signal }),
  staleTime: Infinity,
})

export const experimentsQuery = queryOptions({
  queryKey: ['experiments'],
  queryFn: ({ signal }) => askJson<ExperimentList>('/api/v1/experiments', { signal }),
})

export const columnsQuery = (experimentIds: readonly string[]) =>
  queryOptions({
    queryKey: ['columns', experimentIds],
    queryFn: ({ signal }) =>
      askJson<ColumnNames>(`/api/v1/runs/columns?experiments=${experimentIds.map(inPath).join(',')}`, {
        signal,
      }),
    placeholderData: keepPreviousData,
  })

export const searchRuns = (search: RunSearch, signal?: AbortSignal): Promise<RunPage> =>
  askJson('/api/v1/runs/search', { method: 'POST', body: search, signal })

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => askJson<RunDetail>(`/api/v1/runs/${inPath(runId)}`, { signal }),
  })

export const comparedQuery = (runIds: readonly string[]) =>
  queryOptions({
    queryKey: ['compared', runIds],
    queryFn: ({ signal }) =>
      askJson<RunsCompared>('/api/v1/runs/compare', { method: 'POST', body: { runIds }, signal }),
    enabled: runIds.length > 0,
    placeholderData: keepPreviousData,
  })

export const curvesQuery = (search: CurveSearch) =>
  queryOptions({
    queryKey: ['curves', search],
    queryFn: ({ signal }) =>
      askJson<CurveList>('/api/v1/runs/metrics', { method: 'POST', body: search, signal }),
    enabled: search.runIds.length > 0 && search.keys.length > 0,
    placeholderData: keepPreviousData,
  })

export const datasetsQuery = queryOptions({
  queryKey: ['datasets'],
  queryFn: ({ signal }) => askJson<DatasetList>('/api/v1/datasets', { signal }),
})

export const datasetQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ['dataset', datasetId],
    queryFn: ({ signal }) => askJson<DatasetDetail>(`/api/v1/datasets/${inPath(datasetId)}`, { signal }),
  })

/** Milliseconds between looks at models in service: a bucket of their statistics is ten seconds. */
const servingInterval = 2000

export const servingQuery = queryOptions({
  queryKey: ['serving'],
  queryFn: ({ signal }) => askJson<ServedModels>('/api/v1/serving/models', { signal }),
  refetchInterval: servingInterval,
})

export const statisticsQuery = (minutes: number) =>
  queryOptions({
    queryKey: ['statistics', minutes],
    queryFn: ({ signal }) =>
      askJson<ServingStatistics>(`/api/v1/serving/statistics?minutes=${minutes}`, { signal }),
    refetchInterval: servingInterval,
    placeholderData: keepPreviousData,
  })
