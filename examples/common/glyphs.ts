// Printed characters as images: the letters of examples/data/glyphs.txt, each time in another size, slant and place.
import { readFileSync } from 'node:fs'
import { array, type NDArray, random, t } from 'modelwright/graph'

/** Images [rows, 1, 28, 28] from 0 to 1, and the place of each character among those asked for. */
export interface Images {
  readonly x: NDArray
  readonly y: NDArray
}

/** Width and height of an image, which are MNIST's. */
export const side = 28

const bitmaps = new Map(
  readFileSync('examples/data/glyphs.txt', 'utf8')
    .trim()
    .split(/\n(?=.\n)/)
    .map((entry) => {
      const [name, ...lines] = entry.split('\n')
      return [name!, lines] as const
    }),
)

/** So many images of each of these characters, in turn. */
export function drawGlyphs(characters: string, each: number, seed: number): Images {
  const rows = characters.length * each
  const [forShape, forNoise] = random.splitKey(random.key(seed))
  const chances = random.uniform(forShape, [rows, 5], { low: -1 }).data
  const noise = random.normal(forNoise, [rows, side * side]).data
  const pixels = new Float32Array(rows * side * side)
  for (let row = 0; row < rows; row++) {
    const ink = inkOf(bitmaps.get(characters[row % characters.length]!)!, chances.subarray(5 * row))
    for (let i = 0; i < side * side; i++) {
      const gray = ink(i % side, Math.floor(i / side)) + 0.15 * noise[row * side * side + i]!
      pixels[row * side * side + i] = Math.min(1, Math.max(0, gray))
    }
  }
  const y = Int32Array.from({ length: rows }, (_, row) => row % characters.length)
  return { x: array(pixels, { shape: [rows, 1, side, side] }), y: array(y) }
}

/** All but a last share of the images, and that share, for the learning curve: the test is looked at once, at the end. */
export function holdOut({ x, y }: Images, share: number): readonly [train: Images, held: Images] {
  const rows = y.data.length
  const end = Math.round(rows * (1 - share))
  const part = (from: number, to: number): Images => ({
    x: t.slice(x, [[from, to]]),
    y: t.slice(y, [[from, to]]),
  })
  return [part(0, end), part(end, rows)]
}

/** How dark a pixel is, by chances from -1 to 1: of size, slant, turn and place. */
function inkOf(bitmap: readonly string[], chances: ArrayLike<number>): (x: number, y: number) => number {
  const cell = 3 + 0.5 * chances[0]!
  const [slant, turn] = [0.2 * chances[1]!, 0.2 * chances[2]!]
  const [middleX, middleY] = [side / 2 + 2.5 * chances[3]!, side / 2 + 2.5 * chances[4]!]
  const dot = (column: number, row: number): number => (bitmap[row]?.[column] === '#' ? 1 : 0)
  return (x, y) => {
    const [right, down] = [(x + 0.5 - middleX) / cell, (y + 0.5 - middleY) / cell]
    const column = right * Math.cos(turn) + down * (Math.sin(turn) + slant) + 2
    const row = down * Math.cos(turn) - right * Math.sin(turn) + 3
    const [left, top] = [Math.floor(column), Math.floor(row)]
    const [u, v] = [column - left, row - top]
    // Between four dots, in the shares of their nearness.
    return (
      (1 - v) * ((1 - u) * dot(left, top) + u * dot(left + 1, top)) +
      v * ((1 - u) * dot(left, top + 1) + u * dot(left + 1, top + 1))
    )
  }
}
