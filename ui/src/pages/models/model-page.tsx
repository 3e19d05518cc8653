// One registered model: versions and who is champion, what happened, where versions came from, what differs between two.
import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ModelData, VersionData } from '../../../../src/app/http/registry-api/registry-types.js'
import { useUrlState } from '../../base/url-state.js'
import { Failure } from '../../parts/failure.js'
import { PageTitle } from '../../parts/page-title.js'
import { Waiting } from '../../parts/waiting.js'
import { When } from '../../parts/when.js'
import { Aliases } from './aliases.js'
import { Diff } from './diff.js'
import { Events } from './events.js'
import { ModelLineage } from './model-lineage.js'
import { modelQuery, versionsQuery } from './model-queries.js'
import { Versions } from './versions.js'
import '../../styles/run.css'
import '../../styles/charts.css'
import '../../styles/models.css'

export function ModelPage({ name }: { readonly name: string }) {
  const model = useQuery(modelQuery(name))
  const versions = useQuery(versionsQuery(name))
  const error = model.error ?? versions.error
  if (error !== null)
    return (
      <Failure
        error={error}
        retry={() => {
          void model.refetch()
          void versions.refetch()
        }}
      />
    )
  if (model.data === undefined || versions.data === undefined) return <Waiting />
  return <ModelShown model={model.data} versions={versions.data.versions} />
}

interface ModelShownProps {
  readonly model: ModelData
  readonly versions: readonly VersionData[]
}

function ModelShown({ model, versions }: ModelShownProps) {
  const url = useUrlState()
  return (
    <div className="page">
      <PageTitle title={model.name} trail={[{ text: 'Models', to: '/models' }]}>
        {Object.keys(model.aliases).length > 0 && <Aliases aliases={model.aliases} />}
        <span>
          Changed <When time={model.lastUpdateTime} />
        </span>
        {model.description !== '' && <span>{model.description}</span>}
      </PageTitle>
      <Tabs
        value={url.text('tab') ?? 'versions'}
        onChange={(value) => url.set({ tab: value === 'versions' || value === null ? undefined : value })}
        keepMounted={false}
      >
        <Tabs.List className="tabs">
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
          <Tabs.Tab value="diff">Difference</Tabs.Tab>
          <Tabs.Tab value="lineage">Lineage</Tabs.Tab>
          <Tabs.Tab value="events">What happened</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="versions">
          <Versions model={model} versions={versions} />
        </Tabs.Panel>
        <Tabs.Panel value="diff">
          <Diff model={model} versions={versions} />
        </Tabs.Panel>
        <Tabs.Panel value="lineage">
          <ModelLineage name={model.name} />
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <Events name={model.name} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}
