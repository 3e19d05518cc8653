// Where the versions of a model came from: data and code, runs, versions.
import { useQuery } from '@tanstack/react-query'
import type { LineageGraph } from '../../../../src/app/http/registry-api/registry-types.js'
import { inPath } from '../../api/queries.js'
import { searchOf } from '../../base/url-state.js'
import { Graph, type GraphNode } from '../../charts/graph.js'
import { Failure } from '../../parts/failure.js'
import { Waiting } from '../../parts/waiting.js'
import { lineageQuery } from './model-queries.js'

type Node = LineageGraph['nodes'][number]

/** From what was there first to what was made of it. */
const order: readonly (readonly Node['kind'][])[] = [['data', 'code'], ['run'], ['version']]
const titles: Readonly<Record<Node['kind'], string>> = {
  data: 'Data',
  code: 'Code',
  run: 'Run',
  version: 'Version',
  model: 'Model',
}

export function ModelLineage({ name }: { readonly name: string }) {
  const { data, error, refetch } = useQuery(lineageQuery(name))
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  const columns = order.map((kinds) =>
    data.nodes.filter(({ kind }) => kinds.includes(kind)).map((node) => boxOf(name, node)),
  )
  return (
    <Graph
      label={`Lineage of ${name}`}
      columns={columns}
      edges={data.edges
        .filter(({ relation }) => relation !== 'version of' && relation !== 'followed by')
        .map(({ from, to }) => [from, to] as const)}
    />
  )
}

function boxOf(model: string, { id, kind, label, details }: Node): GraphNode {
  const base = { id, kind: titles[kind], label }
  if (kind === 'version')
    return {
      ...base,
      note: typeof details['aliases'] === 'string' ? `@${details['aliases']}` : undefined,
      to: `/models/${inPath(model)}${searchOf({ version: String(details['version']) })}`,
    }
  if (kind === 'run') return { ...base, to: `/runs/${inPath(String(details['runId']))}` }
  if (kind === 'data') return { ...base, note: `${String(details['rows'])} rows` }
  return details['branch'] === undefined ? base : { ...base, note: String(details['branch']) }
}
