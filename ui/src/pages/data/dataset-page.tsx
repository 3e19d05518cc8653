// One dataset: its columns with what is in them, and the runs that read it.
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { DatasetDetail } from '../../../../src/app/http/api/page-types.js'
import { datasetQuery, inPath } from '../../api/queries.js'
import { plural } from '../../base/format.js'
import { Id } from '../../parts/copy.js'
import { Failure } from '../../parts/failure.js'
import { PageTitle } from '../../parts/page-title.js'
import { Facts, Section } from '../../parts/section.js'
import { StatusBadge } from '../../parts/status-badge.js'
import { Waiting } from '../../parts/waiting.js'
import { When } from '../../parts/when.js'
import { isProfile, ProfileShown } from './profile.js'
import '../../styles/run.css'
import '../../styles/data.css'

export function DatasetPage({ datasetId }: { readonly datasetId: string }) {
  const { data, error, refetch } = useQuery(datasetQuery(datasetId))
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  return data === undefined ? <Waiting /> : <DatasetShown dataset={data} />
}

function DatasetShown({ dataset }: { readonly dataset: DatasetDetail }) {
  const { profile, schema } = dataset
  return (
    <div className="page">
      <PageTitle title={dataset.name} trail={[{ text: 'Data', to: '/data' }]}>
        <Id id={dataset.digest} what="the digest" />
        <span>
          {dataset.sourceType} {dataset.source.slice(0, 120)}
        </span>
        <span>Read by {plural(dataset.runs, 'run')}</span>
      </PageTitle>
      {isProfile(profile) ? <ProfileShown profile={profile} /> : <PlainProfile profile={profile} />}
      {!isProfile(profile) && schema !== null && (
        <Section title="Schema">
          <SchemaShown schema={schema} />
        </Section>
      )}
      <Section title="Runs that read it">
        {dataset.usedBy.length === 0 ? (
          <p className="section-none">None that is still here.</p>
        ) : (
          <div className="table-scroll is-tall" tabIndex={0} role="region" aria-label="Runs that read it">
            <table className="table">
              <tbody>
                {dataset.usedBy.map((run) => (
                  <tr key={run.runId}>
                    <th scope="row">
                      <Link to={`/runs/${inPath(run.runId)}`}>{run.name}</Link>
                    </th>
                    <td>
                      <StatusBadge status={run.status} />
                    </td>
                    <td>
                      <When time={run.startTime} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
    </div>
  )
}

function PlainProfile({ profile }: { readonly profile: unknown }) {
  if (profile === null) return null
  const facts =
    typeof profile === 'object'
      ? Object.entries(profile).map(([name, value]) => [name.replaceAll('_', ' '), textOf(value)] as const)
      : [['Profile', textOf(profile)] as const]
  return (
    <Section title="Profile">
      <div className="section-body">
        <Facts facts={facts} />
      </div>
    </Section>
  )
}

const textOf = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-US')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)

interface Column {
  readonly name: string
  readonly type: string
}

/** MLflow's clients write columns in one of these ways. */
function columnsOf(schema: unknown): readonly Column[] | undefined {
  const found = schema as { readonly mlflow_colspec?: unknown; readonly columns?: unknown } | null
  const list = Array.isArray(schema) ? schema : (found?.mlflow_colspec ?? found?.columns)
  if (!Array.isArray(list)) return undefined
  return list.map((column: Partial<Column>) => ({
    name: String(column.name),
    type: String(column.type ?? ''),
  }))
}

function SchemaShown({ schema }: { readonly schema: unknown }) {
  const columns = columnsOf(schema)
  if (columns === undefined)
    return (
      <pre className="preview-text" tabIndex={0}>
        {JSON.stringify(schema, undefined, 2)}
      </pre>
    )
  return (
    <table className="table">
      <tbody>
        {columns.map(({ name, type }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <code>{type}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
