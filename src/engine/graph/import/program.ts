// A file's graph as a program: nodes in order, and what each of them reads.
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from '../../onnx/proto/index.js'
import { toNumber } from '../../onnx/proto/index.js'

/** A model, prepared to be run again and again. */
export interface Program {
  readonly graph: GraphProto
  /** Version of each operator set, by domain. */
  readonly opsets: ReadonlyMap<string, number>
  /** Operators that the file defines itself, by domain and name. */
  readonly functions: ReadonlyMap<string, FunctionProto>
}

/** The standard domain has two names. */
const domainOf = (domain: string | undefined): string => (domain === 'ai.onnx' ? '' : (domain ?? ''))

export const versionsOf = (imports: ModelProto['opsetImport']): ReadonlyMap<string, number> =>
  new Map((imports ?? []).map(({ domain, version }) => [domainOf(domain), toNumber(version)]))

export const programOf = ({ graph, opsetImport, functions }: ModelProto): Program => ({
  graph: graph!,
  opsets: versionsOf(opsetImport),
  functions: new Map((functions ?? []).map((one) => [operatorKey(one.domain, one.name), one])),
})

/** An operator's name; others than standard ones with their domain before it. */
export function operatorKey(domain: string | undefined, name = ''): string {
  const own = domainOf(domain)
  return own === '' ? name : `${own}.${name}`
}

export const keyOf = ({ domain, opType }: NodeProto): string => operatorKey(domain, opType)

/** A node as people find it: its name, else its first output, and its operator. */
export const titleOf = (node: NodeProto): string =>
  `'${node.name || (node.output ?? []).find((name) => name !== '') || '?'}' (${keyOf(node)})`

/** The name of a parameter that is an attribute of its node. */
export const weightName = (node: NodeProto, attribute: string): string =>
  `${node.name || node.output?.[0] || keyOf(node)}.${attribute}`

/** Names that a node reads, those inside of its graphs included. */
export function readsOf(node: NodeProto): string[] {
  const inner = (node.attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])])
  return [
    ...(node.input ?? []),
    ...inner.flatMap((graph) => [
      ...(graph.node ?? []).flatMap(readsOf),
      ...(graph.output ?? []).map(({ name }) => name ?? ''),
    ]),
  ]
}

/** The nodes on which these names depend, in order. */
export function neededNodes(nodes: readonly NodeProto[], names: readonly string[]): NodeProto[] {
  const needed = new Set(names)
  const kept: NodeProto[] = []
  for (const node of nodes.toReversed()) {
    if (!(node.output ?? []).some((name) => name !== '' && needed.has(name))) continue
    kept.push(node)
    for (const name of readsOf(node)) needed.add(name)
  }
  return kept.toReversed()
}
