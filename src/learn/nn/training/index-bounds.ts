// Which inputs of a graph are indices, and of how many: the runtime counts negative ones from the back without a word, and names
// no row of those that are too large.
import type { Graph, Traced, Value } from '../../../engine/graph/index.js'

/** An input whose numbers choose among so many. */
export interface IndexBound {
  readonly input: string
  readonly count: number
  /** A number that is replaced before it chooses, such as −100. */
  readonly except: number | undefined
  /** The layer that looks up, by its names; '' for the loss. */
  readonly layer: string
}

type Node = Graph['nodes'][number]

// What moves numbers and does not change them.
const carriers = new Set(['reshape', 'transpose', 'broadcastTo', 'stopGradient', 'cast'])

/** The bounds of all inputs that go into a gather or takeAlong as they are. */
export function indexBounds({ graph, inputPaths }: Traced): readonly IndexBound[] {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  const names = new Map(graph.inputs.map((value, i) => [value, inputPaths[i]!]))
  return graph.nodes.flatMap((node): IndexBound[] => {
    if (node.primitive !== 'gather' && node.primitive !== 'takeAlong') return []
    const [table, indices] = node.inputs as [Value, Value]
    const count = table.shape[node.params.axis]
    const source = sourceOf(indices, makers)
    const input = names.get(source.value)
    if (typeof count !== 'number' || input === undefined || !source.value.dtype.includes('int')) return []
    return [{ input, count, except: source.except, layer: node.scope }]
  })
}

function sourceOf(
  value: Value,
  makers: ReadonlyMap<Value, Node>,
): { readonly value: Value; readonly except: number | undefined } {
  let [at, except] = [value, undefined as number | undefined]
  for (let node = makers.get(at); node !== undefined; node = makers.get(at)) {
    if (carriers.has(node.primitive)) at = node.inputs[0]!
    else if (node.primitive === 'select') {
      except = exceptionOf(makers.get(node.inputs[0]!), makers)
      if (except === undefined) break
      at = node.inputs[2]!
    } else break
  }
  return { value: at, except }
}

/** The constant that something is compared with. */
function exceptionOf(condition: Node | undefined, makers: ReadonlyMap<Value, Node>): number | undefined {
  if (condition?.primitive !== 'equal') return undefined
  for (const side of condition.inputs) {
    let maker = makers.get(side)
    while (maker !== undefined && carriers.has(maker.primitive)) maker = makers.get(maker.inputs[0]!)
    if (maker?.primitive === 'constant') return Number(maker.params.value.data[0])
  }
  return undefined
}
