// Where versions came from, as nodes and edges that a page can draw.
import type { ModelVersion, RegisteredModel } from '../store/index.js'
import { lineageIn } from './lineage.js'

export type LineageNodeKind = 'model' | 'version' | 'run' | 'data' | 'code'

export interface LineageNode {
  /** Unique in its graph. */
  readonly id: string
  readonly kind: LineageNodeKind
  readonly label: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}

/** From what was there before to what was made of it. */
export interface LineageEdge {
  readonly from: string
  readonly to: string
  readonly relation: 'version of' | 'made by' | 'learned from' | 'ran' | 'followed by'
}

export interface LineageGraph {
  readonly nodes: readonly LineageNode[]
  readonly edges: readonly LineageEdge[]
}

/** The graph of some versions of a model; things that several share stand in it once. */
export function lineageGraph(model: RegisteredModel, versions: readonly ModelVersion[]): LineageGraph {
  const nodes = new Map<string, LineageNode>()
  const edges = new Map<string, LineageEdge>()
  const node = (added: LineageNode): string => {
    nodes.set(added.id, added)
    return added.id
  }
  const edge = (from: string, to: string, relation: LineageEdge['relation']): void => {
    edges.set(`${from} ${to}`, { from, to, relation })
  }
  const root = node({ id: `model:${model.name}`, kind: 'model', label: model.name, details: {} })
  const shown = new Set(versions.map(({ version }) => version))
  for (const version of versions) {
    const id = node(versionNode(version))
    edge(root, id, 'version of')
    const runId = version.runId ?? ''
    const lineage = lineageIn(version)
    const maker = runId === '' ? id : node(runNode(runId, lineage?.run?.name))
    if (maker !== id) edge(maker, id, 'made by')
    if (lineage === undefined) continue
    const { data, code, parent } = lineage
    edge(node(dataNode(data)), maker, 'learned from')
    if (code !== undefined) edge(node(codeNode(code)), maker, 'ran')
    if (parent !== undefined && shown.has(parent)) edge(versionId(version.name, parent), id, 'followed by')
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

const versionId = (name: string, version: number): string => `version:${name}/${version}`

const versionNode = (version: ModelVersion): LineageNode => ({
  id: versionId(version.name, version.version),
  kind: 'version',
  label: `${version.name}/${version.version}`,
  details: {
    version: version.version,
    stage: version.stage,
    created: version.creationTime,
    ...(version.aliases.length > 0 && { aliases: version.aliases.join(', ') }),
  },
})

const runNode = (runId: string, name: string | undefined): LineageNode => ({
  id: `run:${runId}`,
  kind: 'run',
  label: name ?? runId,
  details: { runId },
})

const dataNode = ({ hash, rows, columns }: { hash: string; rows: number; columns: number }): LineageNode => ({
  id: `data:${hash}`,
  kind: 'data',
  // Twelve digits tell data apart, as those of commits do.
  label: hash.slice(0, 12),
  details: { hash, rows, columns },
})

const codeNode = (code: {
  readonly commit: string
  readonly branch: string | undefined
  readonly repository: string | undefined
  readonly dirty: boolean | undefined
}): LineageNode => ({
  // A tree with changes is not the commit, nor another tree with changes.
  id: `code:${code.commit}${code.dirty === true ? '+' : ''}`,
  kind: 'code',
  label: `${code.commit.slice(0, 12)}${code.dirty === true ? ' with changes' : ''}`,
  details: {
    commit: code.commit,
    ...(code.branch !== undefined && { branch: code.branch }),
    ...(code.repository !== undefined && { repository: code.repository }),
    ...(code.dirty !== undefined && { dirty: code.dirty }),
  },
})
