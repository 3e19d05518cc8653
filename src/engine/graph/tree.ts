// Nested objects and lists of leaves: parameters of layers, batches, results. Keys keep their order.
import { UsageError } from '../../base/index.js'
import type { NDArray } from './array.js'
import { userLine } from './user-line.js'
import type { Tensor } from './value.js'

/** A leaf, or an object or list of trees. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> }

/** The form of a tree without its leaves. */
export type TreeShape = 'leaf' | readonly TreeShape[] | { readonly [key: string]: TreeShape }

/** The same tree with other leaves. */
export type MapLeaves<T, From, To> = T extends From
  ? To
  : { readonly [K in keyof T]: MapLeaves<T[K], From, To> }

/** Leaves in order, each with the path that leads to it, and the form. */
export function flattenTree<Leaf>(
  tree: Tree<Leaf>,
  isLeaf: (node: unknown) => boolean,
): { readonly leaves: Leaf[]; readonly paths: string[]; readonly shape: TreeShape } {
  const leaves: Leaf[] = []
  const paths: string[] = []
  const visit = (node: Tree<Leaf>, path: string): TreeShape => {
    if (isLeaf(node)) {
      leaves.push(node as Leaf)
      paths.push(path)
      return 'leaf'
    }
    const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
    if (Array.isArray(node)) return node.map((item: Tree<Leaf>, i) => visit(item, below(String(i))))
    if (typeof node !== 'object' || node === null) throw noTree(node, path)
    return Object.fromEntries(
      Object.entries(node as Record<string, Tree<Leaf>>).map(([key, item]) => [key, visit(item, below(key))]),
    )
  }
  const shape = visit(tree, '')
  return { leaves, paths, shape }
}

function noTree(node: unknown, path: string): UsageError {
  const what = node === null || node === undefined ? String(node) : `a ${typeof node}`
  const where = path === '' ? 'This' : `'${path}'`
  const advice = typeof node === 'number' ? `array(${node})` : 'close over what is no array, or leave it out'
  return new UsageError(
    `${where} is ${what}${userLine()}, expected an array, or lists and objects of arrays. ${typeof node === 'number' ? `Write ${advice}` : `Instead, ${advice}`}.`,
    { expected: 'array', received: what, where: path },
  )
}

/** The inverse of {@link flattenTree}. */
export function unflattenTree<Leaf>(shape: TreeShape, leaves: readonly Leaf[]): Tree<Leaf> {
  let next = 0
  const build = (node: TreeShape): Tree<Leaf> => {
    if (node === 'leaf') return leaves[next++]!
    if (Array.isArray(node)) return node.map(build)
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, build(item as TreeShape)]))
  }
  return build(shape)
}

/** Results are arrays when all that goes in is. */
export type Concrete<Args, Out> = [Args] extends [Tree<NDArray> | readonly Tree<NDArray>[]]
  ? MapLeaves<Out, Tensor, NDArray>
  : Out
