// Images read at places that are computed: grids of coordinates from −1 to 1, as PyTorch's grid_sample and affine_grid.
import { array } from '../../array.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import type { ImportedNode, OperatorRules } from '../node.js'

/** An image with its axes known, as [batch, channels, height · width]. */
interface Image {
  readonly flat: Tensor
  readonly channels: number
  readonly height: number
  readonly width: number
  /** Whether nothing lies outside; otherwise no place does. */
  readonly zeros: boolean
}

function gridSample(node: ImportedNode): Tensor {
  const [x, grid] = [node.tensor(0), node.tensor(1)]
  const [batch, channels, height, width] = x.shape
  if (x.shape.length !== 4 || typeof height !== 'number' || typeof width !== 'number')
    throw node.fault('images of two axes of known lengths can be imported, others cannot.')
  const padding = node.text('padding_mode', 'zeros')
  const moved = (insides as Readonly<Record<string, Inside>>)[padding]
  if (moved === undefined) throw node.fault(`padding by '${padding}' is none of zeros, border, reflection.`)
  const flat = t.reshape(x, [batch!, channels!, height * width])
  const image: Image = { flat, channels: Number(channels), height, width, zeros: padding === 'zeros' }
  const corners = node.int('align_corners', 0) === 1
  // −1 and 1 are the middles of the outermost elements, or their edges.
  const place = (k: number, length: number): Tensor => {
    const unit = t.mul(t.add(t.at(grid, k, -1), 1), 0.5)
    return corners ? t.mul(unit, length - 1) : t.sub(t.mul(unit, length), 0.5)
  }
  const inside = (k: number, length: number): Tensor => moved(place(k, length), length, corners)
  const [across, down] = [inside(0, width), inside(1, height)]
  const mode = node.text('mode', 'linear')
  if (mode === 'nearest') return elementsAt(image, t.round(down), t.round(across))
  if (mode !== 'linear' && mode !== 'bilinear')
    throw node.fault(`the mode '${mode}' cannot be imported, only linear and nearest.`)
  return between(image, down, across)
}

/** Where a place is looked for along an axis of a length; `corners`: whether the axis ends in the middle of its elements. */
type Inside = (y: Tensor, length: number, corners: boolean) => Tensor

const insides: Readonly<Record<'zeros' | 'border' | 'reflection', Inside>> = {
  zeros: (y) => y,
  border: (y, length) => t.clip(y, 0, length - 1),
  // There and back again between both ends, as often as it takes.
  reflection(y, length, corners) {
    const [low, span] = corners ? [0, length - 1] : [-0.5, length]
    if (span === 0) return t.mul(y, 0)
    const away = t.abs(t.sub(y, low))
    const turns = t.floor(t.div(away, span))
    const rest = t.sub(away, t.mul(turns, span))
    const back = t.notEqual(t.remainder(turns, 2), 0)
    return t.clip(t.add(t.where(back, t.sub(span, rest), rest), low), 0, length - 1)
  },
}

/** The four neighbors, each by how near it is. */
function between(image: Image, down: Tensor, across: Tensor): Tensor {
  const [top, left] = [t.floor(down), t.floor(across)]
  const [low, right] = [t.sub(down, top), t.sub(across, left)]
  const corner = (dy: 0 | 1, dx: 0 | 1): Tensor => {
    const share = t.mul(dy === 1 ? low : t.sub(1, low), dx === 1 ? right : t.sub(1, right))
    return t.mul(elementsAt(image, t.add(top, dy), t.add(left, dx)), t.expandDims(share, 1))
  }
  return t.add(t.add(corner(0, 0), corner(0, 1)), t.add(corner(1, 0), corner(1, 1)))
}

/** Elements at whole places [batch, rows, columns] of all channels: [batch, channels, rows, columns]. */
function elementsAt({ flat, channels, height, width, zeros }: Image, y: Tensor, x: Tensor): Tensor {
  const row = t.clip(y, 0, height - 1)
  const column = t.clip(x, 0, width - 1)
  const [batch, rows, columns] = y.shape as readonly [number, number, number]
  const points = t.reshape(t.cast(t.add(t.mul(row, width), column), 'int32'), [batch, 1, -1])
  const indices = t.broadcastTo(points, [batch, channels, points.shape[2]!])
  const found = t.reshape(t.takeAlong(flat, indices, 2), [batch, channels, rows, columns])
  if (!zeros) return found
  const seen = t.and(t.equal(row, y), t.equal(column, x))
  return t.mul(found, t.cast(t.expandDims(seen, 1), flat.dtype))
}

/** θ [batch, 2, 3] applied to the places of an image of a size: [batch, height, width, 2]. */
function affineGrid(node: ImportedNode): Tensor {
  const theta = node.tensor(0)
  const [batch, , ...spatial] = Array.from(node.known(1)!.data)
  const [height, width] = spatial
  if (spatial.length !== 2) throw node.fault('grids of two axes can be imported, others cannot.')
  const corners = node.int('align_corners', 0) === 1
  const line = (length: number): number[] =>
    Array.from({ length }, (_, i) =>
      corners ? (length === 1 ? 0 : (2 * i) / (length - 1) - 1) : (2 * i + 1) / length - 1,
    )
  const places = line(height!).flatMap((y) => line(width!).map((x) => [x, y, 1]))
  const grid = t.matmul(array(places), theta, { transposeB: true })
  return t.reshape(grid, [batch!, height!, width!, 2])
}

export const gridOperators: OperatorRules = { GridSample: gridSample, AffineGrid: affineGrid }
