// Embeddings of columns in plain loops.
import { embeddingWidth } from './numeric-embeddings.js'

/** Rows × columns, of which `count` from `first` on become vectors, written from column `first` of `out` on. */
export interface Place {
  readonly arranged: Float32Array
  readonly rows: number
  readonly columns: number
  readonly first: number
  readonly count: number
  readonly out: Float32Array
  readonly width: number
}

/** out = z · slope + shift */
export function straightLines(place: Place, slope: Float32Array, shift: Float32Array): void {
  const { arranged, rows, columns, first, count, out, width } = place
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < count; j++) {
      const z = arranged[row * columns + first + j]!
      const to = row * width + first + j * embeddingWidth
      const from = j * embeddingWidth
      for (let l = 0; l < embeddingWidth; l++) out[to + l] = z * slope[from + l]! + shift[from + l]!
    }
}

/** out += value · weight[function] */
function addFunction(
  out: Float32Array,
  to: number,
  { weight, from, value }: { readonly weight: Float32Array; readonly from: number; readonly value: number },
): void {
  for (let l = 0; l < embeddingWidth; l++) out[to + l]! += value * weight[from + l]!
}

/** Adds to each number's vector the shares of its pieces that lie below it. */
export function addPieces(
  place: Place,
  given: {
    readonly weight: Float32Array
    readonly starts: Float32Array
    readonly slopes: Float32Array
    readonly pieces: number
  },
): void {
  const { arranged, rows, columns, first, count, out, width } = place
  const { weight, starts, slopes, pieces } = given
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < count; j++) {
      const z = arranged[row * columns + first + j]!
      const to = row * width + first + j * embeddingWidth
      for (let piece = 0; piece < pieces; piece++) {
        const at = j * pieces + piece
        const along = (z - starts[at]!) * slopes[at]!
        // Pieces rise from left to right: after one that z has not reached, none has anything.
        if (!(along > 0)) break
        addFunction(out, to, { weight, from: at * embeddingWidth, value: Math.min(1, along) })
      }
    }
}

/** Adds to each number's vector its waves. */
export function addWaves(
  place: Place,
  given: {
    readonly weight: Float32Array
    readonly frequency: Float32Array
    readonly phase: Float32Array
  },
): void {
  const { arranged, rows, columns, first, count, out, width } = place
  const { weight, frequency, phase } = given
  const waves = frequency.length / count
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < count; j++) {
      const z = arranged[row * columns + first + j]!
      const to = row * width + first + j * embeddingWidth
      for (let wave = 0; wave < waves; wave++) {
        const at = j * waves + wave
        const value = Math.cos(z * frequency[at]! * 2 * Math.PI + phase[at]!)
        addFunction(out, to, { weight, from: at * embeddingWidth, value })
      }
    }
}

/** Copies the vector of each code, from column `start` of `out` on. */
export function takeVectors(
  { arranged, rows, columns, first, count, out, width }: Place,
  { table, starts }: { readonly table: Float32Array; readonly starts: Int32Array },
  start: number,
): void {
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < count; j++) {
      const from = (starts[j]! + arranged[row * columns + first + j]!) * embeddingWidth
      const to = row * width + start + j * embeddingWidth
      for (let l = 0; l < embeddingWidth; l++) out[to + l] = table[from + l]!
    }
}
