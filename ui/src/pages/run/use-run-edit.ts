// Changes a run and shows what the server made of it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { askJson } from '../../api/client.js'
import { inPath, runQuery } from '../../api/queries.js'

export interface RunEdit {
  readonly name?: string
  readonly note?: string
  /** Null takes a tag away. */
  readonly tags?: Readonly<Record<string, string | null>>
}

export function useRunEdit(runId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: RunEdit) =>
      askJson<RunDetail>(`/api/v1/runs/${inPath(runId)}`, { method: 'PATCH', body }),
    onSuccess: (run) => queries.setQueryData(runQuery(runId).queryKey, run),
  })
}
