// Any two figures of the runs against each other.
import { Select, Switch } from '@mantine/core'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import type { RunCompared } from '../../../../src/app/http/api/page-types.js'
import { inPath } from '../../api/queries.js'
import { useUrlState } from '../../base/url-state.js'
import { Scatter } from '../../charts/scatter.js'
import { dimensionsOf, varies } from './dimensions.js'
import { choicesOf } from './parallel-tab.js'

export function ScatterTab({ runs }: { readonly runs: readonly RunCompared[] }) {
  const url = useUrlState()
  const [, go] = useLocation()
  const dimensions = useMemo(() => dimensionsOf(runs), [runs])
  const varying = dimensions.filter(varies)
  const first = (kind: 'params' | 'metrics') => varying.find((each) => each.kind === kind && !each.categories)
  const byId = (id: string | undefined) => dimensions.find((dimension) => dimension.id === id)
  const x = byId(url.text('x')) ?? first('params') ?? dimensions[0]
  const y = byId(url.text('y')) ?? first('metrics') ?? dimensions.at(-1)
  const color = byId(url.text('color'))
  if (x === undefined || y === undefined)
    return <p className="section-none">These runs have neither metrics nor parameters to place them by.</p>
  const choice = (name: string, label: string, value: string | undefined) => (
    <Select
      aria-label={label}
      leftSection={<span className="select-label">{label}</span>}
      leftSectionWidth={label.length * 7 + 18}
      data={choicesOf(dimensions)}
      value={value ?? null}
      onChange={(id) => url.set({ [name]: id ?? undefined })}
      searchable
      clearable={name === 'color'}
      limit={100}
      w={230}
    />
  )
  return (
    <div className="run-column">
      <div className="chart-tools">
        {choice('x', 'Across', x.id)}
        {choice('y', 'Up', y.id)}
        {choice('color', 'Color', color?.id)}
        <Switch
          label="Logarithmic across"
          checked={url.flag('logx')}
          onChange={(event) => url.set({ logx: event.currentTarget.checked ? '1' : undefined })}
        />
        <Switch
          label="Logarithmic up"
          checked={url.flag('logy')}
          onChange={(event) => url.set({ logy: event.currentTarget.checked ? '1' : undefined })}
        />
      </div>
      <Scatter
        x={x}
        y={y}
        color={color}
        logX={url.flag('logx')}
        logY={url.flag('logy')}
        names={runs.map(({ name }) => name)}
        onOpen={(index) => go(`/runs/${inPath(runs[index]!.runId)}`)}
      />
    </div>
  )
}
