// Parallel coordinates: a line for each run through all that was chosen, colored by one of it.
import { MultiSelect, Select } from '@mantine/core'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import type { RunCompared } from '../../../../src/app/http/api/page-types.js'
import { inPath } from '../../api/queries.js'
import { useUrlState } from '../../base/url-state.js'
import { Parallel } from '../../charts/parallel.js'
import { type Dimension, dimensionsOf, varies } from './dimensions.js'

/** Axes of a first look: more stand too close to be read. */
const usualParams = 5
const usualMetrics = 2

export const choicesOf = (dimensions: readonly Dimension[]) => [
  { group: 'Parameters', items: of(dimensions, 'params') },
  { group: 'Metrics', items: of(dimensions, 'metrics') },
]

const of = (dimensions: readonly Dimension[], wanted: Dimension['kind']) =>
  dimensions.filter(({ kind }) => kind === wanted).map(({ id, title }) => ({ value: id, label: title }))

export function ParallelTab({ runs }: { readonly runs: readonly RunCompared[] }) {
  const url = useUrlState()
  const [, go] = useLocation()
  const dimensions = useMemo(() => dimensionsOf(runs), [runs])
  const usual = useMemo(() => {
    const varying = dimensions.filter(varies)
    return [
      ...varying.filter(({ kind }) => kind === 'params').slice(0, usualParams),
      ...varying
        .filter(({ kind, title }) => kind === 'metrics' && !title.includes('/'))
        .slice(0, usualMetrics),
    ].map(({ id }) => id)
  }, [dimensions])
  const chosen = url.list('axes') ?? usual
  const axes = chosen.flatMap((id) => dimensions.find((dimension) => dimension.id === id) ?? [])
  const colorId = url.text('color') ?? axes.findLast(({ kind }) => kind === 'metrics')?.id ?? axes.at(-1)?.id
  const color = dimensions.find(({ id }) => id === colorId)
  return (
    <div className="run-column">
      <div className="chart-tools">
        <MultiSelect
          aria-label="Axes"
          placeholder="Add an axis"
          data={choicesOf(dimensions)}
          value={axes.map(({ id }) => id)}
          onChange={(ids) => url.set({ axes: ids })}
          searchable
          limit={100}
          className="axes-select"
        />
        <Select
          aria-label="Color by"
          leftSection={<span className="select-label">Color</span>}
          leftSectionWidth={52}
          data={choicesOf(dimensions)}
          value={colorId ?? null}
          onChange={(id) => url.set({ color: id ?? undefined })}
          searchable
          limit={100}
          w={230}
        />
      </div>
      {axes.length < 2 ? (
        <p className="section-none">
          Choose two axes or more: parameters and metrics in which these runs differ.
        </p>
      ) : (
        <Parallel
          axes={axes}
          color={color}
          names={runs.map(({ name }) => name)}
          onOpen={(index) => go(`/runs/${inPath(runs[index]!.runId)}`)}
        />
      )}
    </div>
  )
}
