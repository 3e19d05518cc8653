// Datasets that runs have read.
import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { datasetsQuery } from '../../api/queries.js'
import { count, plural } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Empty, Snippet } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { PageTitle } from '../../parts/page-title.js'
import { Waiting } from '../../parts/waiting.js'

export function DataPage() {
  const url = useUrlState()
  const { data, error, refetch } = useQuery(datasetsQuery)
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  if (data.datasets.length === 0) return <NoData />
  const find = url.text('find') ?? ''
  const found = data.datasets.filter(({ name, digest, source }) =>
    [name, digest, source].some((text) => text.toLowerCase().includes(find.toLowerCase())),
  )
  return (
    <div className="page">
      <PageTitle
        title="Data"
        actions={
          <TextInput
            aria-label="Find a dataset"
            placeholder="Find a dataset"
            value={find}
            onChange={(event) => url.set({ find: event.currentTarget.value || undefined })}
            w={220}
          />
        }
      >
        <span>{plural(data.datasets.length, 'dataset')} that runs have read</span>
      </PageTitle>
      <div className="section table-scroll" tabIndex={0} role="region" aria-label="Datasets">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Digest</th>
              <th scope="col">Source</th>
              <th scope="col" className="num">
                Runs
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map(({ datasetId, name, digest, source, sourceType, runs }) => (
              <tr key={datasetId}>
                <th scope="row">
                  <Link to={`/data/${datasetId}`}>{name}</Link>
                </th>
                <td>
                  <code>{digest.slice(0, 12)}</code>
                </td>
                <td className="break">
                  <span className="none">{sourceType}</span>{' '}
                  {source.length > 90 ? `${source.slice(0, 90)}…` : source}
                </td>
                <td className="num">{count(runs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="section-none">No dataset has “{find}” in its name.</p>}
      </div>
    </div>
  )
}

function NoData() {
  return (
    <Empty icon="data" title="No data yet">
      <p>
        A run says what it read, with a hash of the contents, so that you see later which data a model knows.
      </p>
      <Snippet label="Command line: training logs its data by itself">
        npx modelwright train data.csv --target price
      </Snippet>
    </Empty>
  )
}
