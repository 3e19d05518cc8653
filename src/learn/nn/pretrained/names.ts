// From the parameters of a network to the tensors of a file that hold them.
import { InternalError } from '../../../base/index.js'
import { formatShape, type NDArray, sizeOf, t } from '../../../engine/graph/index.js'
import type { Declared } from '../scope.js'
import type { Architecture } from './architecture.js'

/** The tensors of a parameter, one after the other in it. */
export interface TensorSource {
  readonly declared: Declared
  /** Their names, without the prefix. */
  readonly names: readonly string[]
  /** Whether they are stored as [inputs, outputs]. */
  readonly transposed: boolean
}

/** Which tensors a parameter is made of. */
export function sourceOf(architecture: Architecture, declared: Declared): TensorSource {
  const { path } = declared
  const dot = path.lastIndexOf('.')
  const [layer, leaf] = [path.slice(0, Math.max(0, dot)), path.slice(dot)]
  for (const [ours, theirs] of Object.entries(architecture.names)) {
    const whole = filled(path, ours, theirs)
    const names = whole ?? filled(layer, ours, theirs)?.map((name) => name + leaf)
    if (names !== undefined)
      return { declared, names, transposed: architecture.transposed?.test(names[0]!) ?? false }
  }
  throw new InternalError(`Modelwright is at fault: '${path}' has no name in '${architecture.prefix}' files.`)
}

/** Their names with the numbers of ours, or undefined when ours is another. */
function filled(
  path: string,
  ours: string,
  theirs: string | readonly string[],
): readonly string[] | undefined {
  const pattern = ours.replaceAll('.', String.raw`\.`).replaceAll('*', String.raw`(\d+)`)
  const match = new RegExp(`^${pattern}$`).exec(path)
  if (match === null) return undefined
  return [theirs].flat().map((template) => {
    let next = 1
    return template.replaceAll('*', () => match[next++]!)
  })
}

/** What is wrong with the shapes of the tensors of a parameter, or undefined. */
export function shapeFault(source: TensorSource, shapes: readonly (readonly number[])[]): string | undefined {
  const { declared, names, transposed } = source
  const [first, ...rest] = declared.shape
  const part = names.length === 1 ? declared.shape : [first! / names.length, ...rest]
  const expected = transposed ? part.toReversed() : part
  const wrong = shapes.findIndex((shape) => shape.join() !== expected.join())
  if (wrong < 0) return undefined
  return `${names[wrong]} ${formatShape(shapes[wrong]!)}, expected ${formatShape(expected)}`
}

/** The parameter that tensors make. */
export function assembled(
  { declared, transposed }: TensorSource,
  tensors: readonly NDArray[],
): NDArray<'float32'> {
  if (transposed) return t.transpose(tensors[0]!) as NDArray<'float32'>
  if (tensors.length === 1) return tensors[0] as NDArray<'float32'>
  const data = new Float32Array(sizeOf(declared.shape))
  let at = 0
  for (const tensor of tensors) {
    data.set(tensor.data, at)
    at += tensor.data.length
  }
  return { dtype: 'float32', shape: declared.shape, data }
}
