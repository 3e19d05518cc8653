// Checks what is fed into a model against what it declares, by name, type and size, before the runtime sees it.
import { closestName, SchemaMismatchError, ShapeError } from '../../base/index.js'
import type { TensorType } from './data-types.js'
import type { Dimension } from './graph-message.js'
import { elementCount, type Tensor } from './tensor.js'

/** An input or output of a model. */
export interface Port {
  readonly name: string
  readonly type: TensorType
  /** A name or '' stands for a size that is known only when the graph runs. */
  readonly shape: readonly Dimension[]
}

/**
 * @throws {@link SchemaMismatchError} for a missing or unknown input or another element type
 * @throws {@link ShapeError} for another number of axes, another size, or elements that do not fill the sizes
 */
export function checkFeeds(inputs: readonly Port[], feeds: Readonly<Record<string, Tensor>>): void {
  const sizes = new Map<string, { readonly size: number; readonly input: string }>()
  for (const input of inputs) {
    const fed = feeds[input.name]
    if (fed === undefined || fed.type !== input.type) throw schemaMismatch(inputs, feeds)
    checkShape(input, fed, sizes)
  }
  if (Object.keys(feeds).length !== inputs.length) throw schemaMismatch(inputs, feeds)
}

function schemaMismatch(
  inputs: readonly Port[],
  feeds: Readonly<Record<string, Tensor>>,
): SchemaMismatchError {
  const names = inputs.map((input) => input.name)
  const missing = names.filter((name) => feeds[name] === undefined)
  const unexpected = Object.keys(feeds).filter((name) => !names.includes(name))
  const changed = inputs.flatMap(({ name, type }) => {
    const received = feeds[name]?.type
    return received === undefined || received === type ? [] : [{ name, expected: type, received }]
  })
  const parts = [
    ...(missing.length > 0 ? [`missing ${list(missing)}`] : []),
    ...unexpected.map((name) => {
      const closest = closestName(name, missing.length > 0 ? missing : names)
      return `unknown '${name}'${closest === undefined ? '' : ` (did you mean '${closest}'?)`}`
    }),
    ...changed.map(({ name, expected, received }) => `'${name}' must be ${expected}, received ${received}`),
  ]
  return new SchemaMismatchError(
    `Model inputs do not fit: ${parts.join('; ')}. The model takes ${inputs.map(({ name, type }) => `'${name}' (${type})`).join(', ')}.`,
    { missing, unexpected, changed },
  )
}

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')

function checkShape(
  input: Port,
  fed: Tensor,
  sizes: Map<string, { readonly size: number; readonly input: string }>,
): void {
  const { dims } = fed
  if (fed.data.length !== elementCount(dims) || dims.length !== input.shape.length)
    throw shapeMismatch(input, fed)
  for (let axis = 0; axis < dims.length; axis++) {
    const declared = input.shape[axis]!
    const size = dims[axis]!
    if (typeof declared === 'number') {
      if (declared !== size && declared >= 0) throw shapeMismatch(input, fed)
    } else if (declared !== '') {
      const earlier = sizes.get(declared)
      if (earlier === undefined) sizes.set(declared, { size, input: input.name })
      else if (earlier.size !== size) throw sizesDiffer(input, fed, earlier)
    }
  }
}

const shapeText = (shape: readonly Dimension[]): string =>
  `[${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`

function shapeMismatch(input: Port, fed: Tensor): ShapeError {
  return new ShapeError(
    `Model input '${input.name}': expected sizes ${shapeText(input.shape)}, received ${shapeText(fed.dims)} with ${fed.data.length} elements.`,
    { expected: input.shape, received: fed.dims, where: input.name },
  )
}

function sizesDiffer(
  input: Port,
  fed: Tensor,
  earlier: { readonly size: number; readonly input: string },
): ShapeError {
  return new ShapeError(
    `Model input '${input.name}': expected as many rows as '${earlier.input}' has (${earlier.size}), received ${shapeText(fed.dims)}. Give every input the same number of rows.`,
    { expected: earlier.size, received: fed.dims, where: input.name },
  )
}
