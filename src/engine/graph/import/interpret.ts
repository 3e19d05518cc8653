// The nodes of a file, said again with operations: on arrays at once, on traced values as steps of their graph.
import { ShapeError } from '../../../base/index.js'
import type { FunctionProto, GraphProto, NodeProto, TensorProto } from '../../onnx/proto/index.js'
import { named } from '../trace.js'
import { isValue, type Tensor } from '../value.js'
import { constantOf } from './constants.js'
import { type Held, isSizes } from './held.js'
import { importedNode, type Results } from './node.js'
import { operatorRules } from './operators/index.js'
import { keyOf, neededNodes, type Program, readsOf, titleOf, versionsOf, weightName } from './program.js'
import { onSizes } from './size-arithmetic.js'
import type { SizeSources } from './sizes.js'

/** What a run is told. */
export interface Run {
  readonly program: Program
  /** The number that a parameter has in this run; undefined for what is none. */
  parameter(name: string): Tensor | undefined
  readonly sizes: SizeSources
}

/** Names and what they stand for; those of graphs outside are seen too. */
type Names = Map<string, Held | undefined>
interface Scope {
  readonly names: Names
  readonly outer: Scope | undefined
  readonly opsets: ReadonlyMap<string, number>
}

function find(scope: Scope | undefined, name: string): Held | undefined {
  for (let at = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return at.names.get(name)
  return undefined
}

/** The values of some names of the main graph for its inputs. */
export function interpret(
  run: Run,
  inputs: ReadonlyMap<string, Tensor>,
  wanted: readonly string[],
): readonly (Held | undefined)[] {
  const { graph, opsets } = run.program
  const scope: Scope = { names: new Map<string, Held | undefined>(), outer: undefined, opsets }
  const nodes = neededNodes(graph.node ?? [], wanted)
  const read = new Set([...nodes.flatMap(readsOf), ...wanted])
  const needed = (graph.initializer ?? []).filter(({ name }) => read.has(name ?? ''))
  addConstants(run, scope, needed)
  for (const [name, value] of inputs) scope.names.set(name, value)
  runNodes(run, scope, nodes)
  return wanted.map((name) => find(scope, name))
}

function addConstants(run: Run, { names, outer }: Scope, constants: readonly TensorProto[]): void {
  for (const proto of constants) {
    const name = proto.name ?? ''
    // Inside of loops and branches numbers are what the file says.
    names.set(name, (outer === undefined ? run.parameter(name) : undefined) ?? constantOf(proto))
  }
}

/** A graph inside of a node. */
function runInner(
  run: Run,
  outer: Scope,
  given: { readonly graph: GraphProto; readonly inputs: readonly Held[] },
): readonly (Held | undefined)[] {
  const { graph, inputs } = given
  const scope: Scope = { names: new Map<string, Held | undefined>(), outer, opsets: outer.opsets }
  addConstants(run, scope, graph.initializer ?? [])
  graph.input?.forEach(({ name }, i) => scope.names.set(name ?? '', inputs[i]))
  const outputs = (graph.output ?? []).map(({ name }) => name ?? '')
  runNodes(run, scope, neededNodes(graph.node ?? [], outputs))
  return outputs.map((name) => find(scope, name))
}

function runNodes(run: Run, scope: Scope, nodes: readonly NodeProto[]): void {
  for (const proto of nodes) {
    const inputs = (proto.input ?? []).map((name) => (name === '' ? undefined : find(scope, name)))
    const results = runNode(run, scope, { proto, inputs })
    const list = Array.isArray(results) ? (results as readonly (Held | undefined)[]) : [results as Held]
    proto.output?.forEach((name, i) => scope.names.set(name, list[i]))
  }
}

interface Call {
  readonly proto: NodeProto
  readonly inputs: readonly (Held | undefined)[]
}

function runNode(run: Run, scope: Scope, { proto, inputs }: Call): Results {
  const own = run.program.functions.get(keyOf(proto))
  if (own !== undefined) return runFunction(run, own, { proto, inputs })
  if (proto.opType === 'Constant') {
    const parameter = scope.outer === undefined ? run.parameter(proto.output?.[0] ?? '') : undefined
    if (parameter !== undefined) return parameter
  }
  const domain = proto.domain === 'ai.onnx' ? '' : (proto.domain ?? '')
  const title = titleOf(proto)
  const node = importedNode({
    proto,
    title,
    inputs,
    opset: scope.opsets.get(domain) ?? 1,
    sizes: run.sizes,
    run: (graph, given) => runInner(run, scope, { graph, inputs: given }),
    weights: (attribute) => run.parameter(weightName(proto, attribute)),
  })
  const rule = operatorRules[keyOf(proto)]
  if (rule === undefined) throw node.fault('the operator is not one that can be imported.')
  const like = inputs.find((held): held is Tensor => !isSizes(held) && isValue(held))
  const say = (): Results => onSizes(node) ?? rule(node)
  try {
    return like === undefined ? say() : named(proto.name || keyOf(proto), like, say)
  } catch (error) {
    throw atNode(error, title)
  }
}

/** Operators that the file defines by others. */
function runFunction(run: Run, own: FunctionProto, { proto, inputs }: Call): Results {
  const { input = [], output = [], node = [], opsetImport } = own
  const names: Names = new Map<string, Held | undefined>(input.map((name, i) => [name, inputs[i]]))
  const opsets = new Map([...run.program.opsets, ...versionsOf(opsetImport)])
  // Not the outermost scope: constants of functions are no parameters.
  const outer: Scope = { names: new Map<string, Held | undefined>(), outer: undefined, opsets }
  const body = node.map((step) => withAttributesOf(step, proto))
  runNodes(run, { names, outer, opsets }, neededNodes(body, output))
  return output.map((name) => names.get(name))
}

/** A node of a function, with the attributes of the call where it refers to them. */
function withAttributesOf(step: NodeProto, { attribute: given = [] }: NodeProto): NodeProto {
  if (!(step.attribute ?? []).some(({ refAttrName }) => refAttrName)) return step
  const attribute = step.attribute!.flatMap((one) => {
    if (!one.refAttrName) return [one]
    const found = given.find(({ name }) => name === one.refAttrName)
    // One that the call leaves out has the default of the operator.
    return found === undefined ? [] : [{ ...found, name: one.name ?? '' }]
  })
  return { ...step, attribute }
}

/** Sizes that do not go together are found in a node of somebody else's file. */
function atNode(error: unknown, title: string): unknown {
  if (!(error instanceof ShapeError)) return error
  // Nodes of inner graphs are named first, and once.
  if (error.message.startsWith('ONNX model')) return error
  return new ShapeError(
    `ONNX model, node ${title}: ${error.message}`,
    { ...error.details, node: title },
    error,
  )
}
