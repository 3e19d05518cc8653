// The curve of a metric in a cell. Cells that come into view together are asked for together.
import { useQuery } from '@tanstack/react-query'
import type { Curve, CurveList } from '../../../../src/app/http/api/page-types.js'
import { askJson } from '../../api/client.js'
import { Sparkline } from '../../charts/sparkline.js'

/** Milliseconds in which cells gather: a row scrolls by in ten. */
const gathering = 40
/** A cell is a hundred pixels wide. */
const points = 40
/** Runs of one request, below what the server takes. */
const most = 200

interface Wish {
  readonly runId: string
  readonly resolve: (curve: Curve | null) => void
  readonly reject: (error: unknown) => void
}

const wishes = new Map<string, Wish[]>()

function trendOf(runId: string, metric: string): Promise<Curve | null> {
  return new Promise((resolve, reject) => {
    const waiting = wishes.get(metric)
    if (waiting !== undefined) {
      waiting.push({ runId, resolve, reject })
      return
    }
    wishes.set(metric, [{ runId, resolve, reject }])
    setTimeout(() => {
      const gathered = wishes.get(metric) ?? []
      wishes.delete(metric)
      for (let i = 0; i < gathered.length; i += most) void fetchTrends(metric, gathered.slice(i, i + most))
    }, gathering)
  })
}

async function fetchTrends(metric: string, wanted: readonly Wish[]): Promise<void> {
  try {
    const body = { runIds: wanted.map(({ runId }) => runId), keys: [metric], points }
    const { curves } = await askJson<CurveList>('/api/v1/runs/metrics', { method: 'POST', body })
    const found = new Map(curves.map((curve) => [curve.runId, curve]))
    for (const { runId, resolve } of wanted) resolve(found.get(runId) ?? null)
  } catch (error) {
    for (const { reject } of wanted) reject(error)
  }
}

export function TrendCell({ runId, metric }: { readonly runId: string; readonly metric: string }) {
  const { data } = useQuery({
    queryKey: ['trend', metric, runId],
    queryFn: () => trendOf(runId, metric),
    staleTime: 30_000,
  })
  if (data === undefined || data === null || data.values.length < 2) return <span className="none">–</span>
  return <Sparkline values={data.values} label={`${metric}, ${data.values.length} points`} />
}
