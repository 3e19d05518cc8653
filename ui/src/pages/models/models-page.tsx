// Registered models.
import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { inPath, serverQuery } from '../../api/queries.js'
import { plural } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Empty, Snippet } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { PageTitle } from '../../parts/page-title.js'
import { Waiting } from '../../parts/waiting.js'
import { When } from '../../parts/when.js'
import { Aliases } from './aliases.js'
import { modelsQuery } from './model-queries.js'
import '../../styles/run.css'
import '../../styles/models.css'

export function ModelsPage() {
  const { data: server, error, refetch } = useQuery(serverQuery)
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (server === undefined) return <Waiting />
  return server.registry ? <ModelList /> : <NoModels />
}

function ModelList() {
  const url = useUrlState()
  const { data, error, refetch } = useQuery(modelsQuery)
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  if (data.models.length === 0) return <NoModels />
  const find = url.text('find') ?? ''
  const found = data.models.filter(({ name }) => name.toLowerCase().includes(find.toLowerCase()))
  return (
    <div className="page">
      <PageTitle
        title="Models"
        actions={
          <TextInput
            aria-label="Find a model"
            placeholder="Find a model"
            value={find}
            onChange={(event) => url.set({ find: event.currentTarget.value || undefined })}
            w={220}
          />
        }
      >
        <span>{plural(data.models.length, 'registered model')}</span>
      </PageTitle>
      <div className="section table-scroll" tabIndex={0} role="region" aria-label="Models">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Aliases</th>
              <th scope="col" className="num">
                Newest version
              </th>
              <th scope="col">Changed</th>
              <th scope="col">Description</th>
            </tr>
          </thead>
          <tbody>
            {found.map((model) => (
              <tr key={model.name}>
                <th scope="row" className="break">
                  <Link to={`/models/${inPath(model.name)}`}>{model.name}</Link>
                </th>
                <td>
                  <Aliases aliases={model.aliases} />
                </td>
                <td className="num">
                  {Math.max(0, ...model.latestVersions.map(({ version }) => version)) || '–'}
                </td>
                <td>
                  <When time={model.lastUpdateTime} />
                </td>
                <td className="break none">{model.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="section-none">No model has “{find}” in its name.</p>}
      </div>
    </div>
  )
}

function NoModels() {
  return (
    <Empty icon="models" title="No models registered">
      <p>Give a model a name, and its versions, their origin and who is champion stand here.</p>
      <Snippet label="Command line">{`npx modelwright train data.csv --target price --out my-model
npx modelwright models register prices ./my-model`}</Snippet>
    </Empty>
  )
}
