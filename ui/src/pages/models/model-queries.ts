// The registry, as it is asked.
import { queryOptions } from '@tanstack/react-query'
import type {
  EventList,
  LineageGraph,
  ModelData,
  ModelList,
  VersionDiff,
  VersionList,
} from '../../../../src/app/http/registry-api/registry-types.js'
import { askJson } from '../../api/client.js'
import { inPath } from '../../api/queries.js'

export const modelPath = (name: string): string => `/api/v1/models/${inPath(name)}`

/** Models of one page; more are found by their name. */
const mostModels = 1000

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => askJson<ModelList>(`/api/v1/models?limit=${mostModels}`, { signal }),
})

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name],
    queryFn: ({ signal }) => askJson<ModelData>(modelPath(name), { signal }),
  })

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name, 'versions'],
    queryFn: ({ signal }) => askJson<VersionList>(`${modelPath(name)}/versions`, { signal }),
  })

export const eventsQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name, 'events'],
    queryFn: ({ signal }) => askJson<EventList>(`${modelPath(name)}/events?limit=200`, { signal }),
  })

export const lineageQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name, 'lineage'],
    queryFn: ({ signal }) => askJson<LineageGraph>(`${modelPath(name)}/lineage`, { signal }),
  })

export const diffQuery = (name: string, a: number, b: number) =>
  queryOptions({
    queryKey: ['model', name, 'diff', a, b],
    queryFn: ({ signal }) => askJson<VersionDiff>(`${modelPath(name)}/diff?a=${a}&b=${b}`, { signal }),
  })
