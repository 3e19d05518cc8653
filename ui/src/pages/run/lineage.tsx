// What a run was made of and what was made of it: data and parent on the left, versions and children on the right.
import { Link } from 'wouter'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { inPath } from '../../api/queries.js'
import { searchOf } from '../../base/url-state.js'
import { Graph, type GraphNode } from '../../charts/graph.js'

/** Children that are drawn; a family of a hundred is a list, not a picture. */
const mostDrawn = 12

export function Lineage({ run }: { readonly run: RunDetail }) {
  const code = run.tags['mlflow.source.git.commit']
  const before: GraphNode[] = [
    ...run.datasets.map(({ datasetId, name, digest, context }) => ({
      id: `data ${datasetId}`,
      kind: 'Data',
      label: name,
      note: context ?? digest.slice(0, 12),
      to: `/data/${datasetId}`,
    })),
    ...(code === undefined ? [] : [{ id: 'code', kind: 'Code', label: code.slice(0, 12), note: 'commit' }]),
    ...(run.parent === null
      ? []
      : [
          {
            id: run.parent.runId,
            kind: 'Parent run',
            label: run.parent.name,
            to: `/runs/${inPath(run.parent.runId)}`,
          },
        ]),
  ]
  const after: GraphNode[] = [
    ...run.versions.map(({ model, version }) => ({
      id: `${model}/${version}`,
      kind: 'Model',
      label: model,
      note: `version ${version}`,
      to: `/models/${inPath(model)}${searchOf({ version })}`,
    })),
    ...run.children.slice(0, mostDrawn).map(({ runId, name, status }) => ({
      id: runId,
      kind: 'Child run',
      label: name,
      note: status.toLowerCase(),
      to: `/runs/${inPath(runId)}`,
    })),
  ]
  const self: GraphNode = { id: run.runId, kind: 'This run', label: run.name, current: true }
  if (before.length + after.length === 0) {
    return (
      <p className="section-none">
        Nothing is known of where this run came from or what was made of it. Log its data with{' '}
        <code>run.logDataset(…)</code>, or register its model.
      </p>
    )
  }
  return (
    <>
      <Graph
        label={`Lineage of ${run.name}`}
        columns={[before, [self], after]}
        edges={[
          ...before.map(({ id }) => [id, self.id] as const),
          ...after.map(({ id }) => [self.id, id] as const),
        ]}
      />
      {run.children.length > mostDrawn && (
        <p className="section-none">
          And {run.children.length - mostDrawn} more children.{' '}
          <Link to={`/runs${searchOf({ filter: `tags.\`mlflow.parentRunId\` = '${run.runId}'` })}`}>
            Show them in the table
          </Link>
        </p>
      )}
    </>
  )
}
