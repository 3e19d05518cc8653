// What cannot be imported is said all at once: how often, and where.
import { FormatError } from '../../../base/index.js'
import type { NodeProto } from '../../onnx/proto/index.js'
import { operatorRules } from './operators/index.js'
import { keyOf, type Program, titleOf } from './program.js'

/** An operator without a rule. */
interface Unsupported {
  readonly operator: string
  readonly count: number
  /** The first nodes. */
  readonly nodes: readonly string[]
}

// Enough to find them in a viewer.
const shown = 3

/** @throws {@link FormatError} that lists all operators of these nodes that have no rule */
export function checkOperators(program: Program, nodes: readonly NodeProto[]): void {
  const found = unsupported(program, nodes)
  if (found.length === 0) return
  const lines = found.map(
    ({ operator, count, nodes: where }) =>
      `${operator} (${count} ×, at ${where.join(', ')}${count > where.length ? ', …' : ''})`,
  )
  throw new FormatError(
    `ONNX model: ${found.length === 1 ? 'an operator' : `${found.length} operators`} cannot be said as a graph that is differentiated: ${lines.join('; ')}. Run the file as it is with openSession, or export a model without them.`,
    { format: 'onnx', operators: found },
  )
}

function unsupported({ functions }: Program, nodes: readonly NodeProto[]): Unsupported[] {
  const places = new Map<string, string[]>()
  const visited = new Set<string>()
  const visit = (node: NodeProto): void => {
    const key = keyOf(node)
    const own = functions.get(key)
    if (own !== undefined) {
      if (!visited.has(key)) own.node?.forEach(visit)
      visited.add(key)
      return
    }
    if (operatorRules[key] === undefined) places.set(key, [...(places.get(key) ?? []), titleOf(node)])
    for (const { g } of node.attribute ?? []) g?.node?.forEach(visit)
  }
  nodes.forEach(visit)
  return [...places]
    .map(([operator, where]) => ({ operator, count: where.length, nodes: where.slice(0, shown) }))
    .toSorted((a, b) => (a.operator < b.operator ? -1 : 1))
}
