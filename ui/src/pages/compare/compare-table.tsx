// All that runs have, side by side; what is the same everywhere may be left out.
import { Switch, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'wouter'
import type { RunCompared } from '../../../../src/app/http/api/page-types.js'
import { inPath } from '../../api/queries.js'
import { colorAt } from '../../base/colors.js'
import { numberOf, plural, shortNumber } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { StatusBadge } from '../../parts/status-badge.js'
import { Lasting } from '../runs/cells.js'

interface Line {
  readonly name: string
  readonly texts: readonly (string | undefined)[]
  readonly whole: readonly (string | undefined)[]
  readonly numeric: boolean
  readonly differs: boolean
}

function linesOf(
  runs: readonly RunCompared[],
  cell: (run: RunCompared, name: string) => string | undefined,
  names: readonly string[],
  write: (text: string) => string = (text) => text,
): readonly Line[] {
  return names.map((name) => {
    const whole = runs.map((run) => cell(run, name))
    return {
      name,
      whole,
      texts: whole.map((text) => (text === undefined ? undefined : write(text))),
      numeric: whole.every((text) => text === undefined || text.trim() === '' || !Number.isNaN(Number(text))),
      differs: new Set(whole).size > 1,
    }
  })
}

export function CompareTable({ runs }: { readonly runs: readonly RunCompared[] }) {
  const url = useUrlState()
  const onlyDiffering = url.flag('diff')
  const find = (url.text('find') ?? '').toLowerCase()
  const { metrics, params, tags } = useMemo(() => allLines(runs), [runs])
  const shown = (lines: readonly Line[]): readonly Line[] =>
    lines.filter(({ name, differs }) => (differs || !onlyDiffering) && name.toLowerCase().includes(find))
  const groups = [
    ['Parameters', shown(params), params.length],
    ['Metrics', shown(metrics), metrics.length],
    ['Tags', shown(tags), tags.length],
  ] as const
  return (
    <div className="run-column">
      <div className="chart-tools">
        <TextInput
          aria-label="Find a name"
          placeholder="Find a name"
          value={url.text('find') ?? ''}
          onChange={(event) => url.set({ find: event.currentTarget.value || undefined })}
          w={190}
        />
        <Switch
          label="Only what differs"
          checked={onlyDiffering}
          onChange={(event) => url.set({ diff: event.currentTarget.checked ? '1' : undefined })}
        />
      </div>
      <div className="table-scroll compare-scroll" tabIndex={0} role="region" aria-label="Runs side by side">
        <table className="table compare">
          <thead>
            <tr>
              <th scope="col">Run</th>
              {runs.map(({ runId, name }, i) => (
                <th scope="col" key={runId}>
                  <i style={{ background: colorAt(i) }} />
                  <Link to={`/runs/${inPath(runId)}`} title={name}>
                    {name}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Status</th>
              {runs.map((run) => (
                <td key={run.runId}>
                  <StatusBadge status={run.status} />
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">Duration</th>
              {runs.map((run) => (
                <td key={run.runId}>
                  <Lasting run={run} />
                </td>
              ))}
            </tr>
          </tbody>
          {groups.map(([title, lines, all]) => (
            <Group key={title} title={title} lines={lines} all={all} columns={runs.length} />
          ))}
        </table>
      </div>
    </div>
  )
}

function allLines(runs: readonly RunCompared[]) {
  const last = new Map(runs.map((run) => [run, new Map(run.metrics.map(({ key, value }) => [key, value]))]))
  const namesOf = (list: (run: RunCompared) => readonly string[]): readonly string[] =>
    [...new Set(runs.flatMap(list))].toSorted()
  return {
    params: linesOf(
      runs,
      (run, name) => run.params[name],
      namesOf(({ params }) => Object.keys(params)),
    ),
    metrics: linesOf(
      runs,
      (run, name) => {
        const value = last.get(run)?.get(name)
        return value === undefined ? undefined : String(value)
      },
      namesOf(({ metrics }) => metrics.map(({ key }) => key)),
      (text) => shortNumber(numberOf(text === 'NaN' ? NaN : Number(text.replace('∞', 'Infinity')))),
    ),
    tags: linesOf(
      runs,
      (run, name) => run.tags[name],
      namesOf(({ tags }) => Object.keys(tags).filter((name) => !name.startsWith('mlflow.'))),
    ),
  }
}

interface GroupProps {
  readonly title: string
  readonly lines: readonly Line[]
  readonly all: number
  readonly columns: number
}

function Group({ title, lines, all, columns }: GroupProps) {
  if (all === 0) return null
  const hidden = all - lines.length
  return (
    <tbody>
      <tr className="compare-group">
        <th scope="rowgroup" colSpan={columns + 1}>
          {title}
          {hidden > 0 && <small>{plural(hidden, 'line')} left out</small>}
        </th>
      </tr>
      {lines.map(({ name, texts, whole, numeric, differs }) => (
        <tr key={name} data-differs={differs}>
          <th scope="row" className="break">
            {name}
          </th>
          {texts.map((text, i) => (
            <td key={i} className={numeric ? 'num' : 'break'} title={whole[i]}>
              {text ?? <span className="none">–</span>}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  )
}
