// Puts new points behind the curves that are shown, without asking for all of them again.
import type { QueryClient } from '@tanstack/react-query'
import type { Curve, CurveList, CurveSearch } from '../../../../src/app/http/api/page-types.js'

/** Points by which a curve may outgrow what was asked for, before it is asked for again, thinned out anew. */
const slack = 2

export function appendPoints(queries: QueryClient, news: readonly Curve[]): void {
  for (const [key] of queries.getQueriesData<CurveList>({ queryKey: ['curves'] })) {
    const { runIds, keys, points = 500 } = key[1] as CurveSearch
    const wanted = news.filter((curve) => runIds.includes(curve.runId) && keys.includes(curve.key))
    if (wanted.length === 0) continue
    let grown = false
    queries.setQueryData<CurveList>(key, (old) => {
      if (old === undefined) return old
      const curves = wanted.reduce((list, curve) => withPoints(list, curve), old.curves)
      grown = curves.some(({ steps }) => steps.length > slack * points)
      return { curves }
    })
    if (grown) void queries.invalidateQueries({ queryKey: key })
  }
}

function withPoints(curves: readonly Curve[], news: Curve): readonly Curve[] {
  const at = curves.findIndex((curve) => curve.runId === news.runId && curve.key === news.key)
  if (at < 0) return [...curves, news]
  const old = curves[at]!
  const from = news.steps.findIndex((step, i) => isAfter(old, step, news.times[i]!))
  if (from < 0) return curves
  const joined: Curve = {
    ...old,
    steps: [...old.steps, ...news.steps.slice(from)],
    times: [...old.times, ...news.times.slice(from)],
    values: [...old.values, ...news.values.slice(from)],
  }
  return curves.with(at, joined)
}

const isAfter = ({ steps, times }: Curve, step: number, time: number): boolean => {
  const [lastStep, lastTime] = [steps.at(-1) ?? -Infinity, times.at(-1) ?? -Infinity]
  return step > lastStep || (step === lastStep && time > lastTime)
}
