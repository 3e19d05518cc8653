// What a run is, on one screen: metrics, parameters, the note, tags, data, relatives.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { MetricSummary, RunDetail } from '../../../../src/app/http/api/page-types.js'
import { inPath } from '../../api/queries.js'
import { numberOf, shortNumber } from '../../base/format.js'
import { searchOf } from '../../base/url-state.js'
import { Copy } from '../../parts/copy.js'
import { Section } from '../../parts/section.js'
import { Note } from './note.js'
import { Tags } from './tags.js'

/** Lines from which on a list has a box to find one. */
const searchable = 12

export function RunOverview({ run }: { readonly run: RunDetail }) {
  return (
    <div className="run-grid">
      <div className="run-column">
        <Metrics runId={run.runId} metrics={run.metrics} />
        <Params params={run.params} />
      </div>
      <div className="run-column">
        <Note run={run} />
        <Tags run={run} />
        <Datasets run={run} />
        <Versions run={run} />
      </div>
    </div>
  )
}

function useFound<T>(items: readonly T[], nameOf: (item: T) => string) {
  const [text, setText] = useState('')
  const wanted = text.toLowerCase()
  const box = items.length > searchable && (
    <TextInput
      aria-label="Find by name"
      placeholder="Find"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      w={140}
    />
  )
  return { found: items.filter((item) => nameOf(item).toLowerCase().includes(wanted)), box }
}

interface MetricsProps {
  readonly runId: string
  readonly metrics: readonly MetricSummary[]
}

function Metrics({ runId, metrics }: MetricsProps) {
  const { found, box } = useFound(metrics, ({ key }) => key)
  const hasSteps = metrics.some(({ step, min, max }) => step !== 0 || min !== max)
  return (
    <Section title="Metrics" note={metrics.length} actions={box}>
      {metrics.length === 0 ? (
        <p className="section-none">This run has logged no metric.</p>
      ) : (
        <div className="table-scroll is-tall" tabIndex={0} role="region" aria-label="Metrics">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" className="num">
                  Last
                </th>
                {hasSteps && (
                  <>
                    <th scope="col" className="num">
                      Least
                    </th>
                    <th scope="col" className="num">
                      Most
                    </th>
                    <th scope="col" className="num">
                      Step
                    </th>
                  </>
                )}
              </tr>
            </thead>
            <tbody>
              {found.map(({ key, value, min, max, step }) => (
                <tr key={key}>
                  <th scope="row" className="break">
                    <Link to={`/runs/${inPath(runId)}${searchOf({ tab: 'curves', find: key })}`}>{key}</Link>
                  </th>
                  <Figure value={numberOf(value)} />
                  {hasSteps && (
                    <>
                      <Figure value={numberOf(min)} />
                      <Figure value={numberOf(max)} />
                      <td className="num">{step.toLocaleString('en-US')}</td>
                    </>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

const Figure = ({ value }: { readonly value: number }) => (
  <td className="num" title={String(value)}>
    {shortNumber(value)}
  </td>
)

function Params({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const pairs = Object.entries(params).toSorted(([a], [b]) => a.localeCompare(b))
  const { found, box } = useFound(pairs, ([key]) => key)
  return (
    <Section
      title="Parameters"
      note={pairs.length}
      actions={
        <>
          {box}
          {pairs.length > 0 && <Copy text={JSON.stringify(params, undefined, 2)} what="parameters as JSON" />}
        </>
      }
    >
      {pairs.length === 0 ? (
        <p className="section-none">This run has logged no parameter.</p>
      ) : (
        <div className="table-scroll is-tall" tabIndex={0} role="region" aria-label="Parameters">
          <table className="table">
            <tbody>
              {found.map(([key, value]) => (
                <tr key={key}>
                  <th scope="row" className="break">
                    {key}
                  </th>
                  <td className="break">
                    <code>{value}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function Datasets({ run }: { readonly run: RunDetail }) {
  if (run.datasets.length === 0) return null
  return (
    <Section title="Data">
      <ul className="lines">
        {run.datasets.map(({ datasetId, name, digest, context }) => (
          <li key={datasetId}>
            <Link to={`/data/${datasetId}`}>{name}</Link>
            <code>{digest.slice(0, 12)}</code>
            {context !== null && <span className="none">{context}</span>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Versions({ run }: { readonly run: RunDetail }) {
  if (run.versions.length === 0) return null
  return (
    <Section title="Registered as">
      <ul className="lines">
        {run.versions.map(({ model, version }) => (
          <li key={`${model}/${version}`}>
            <Link to={`/models/${inPath(model)}${searchOf({ version })}`}>
              {model}, version {version}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
