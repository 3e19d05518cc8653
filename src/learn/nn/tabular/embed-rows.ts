// What columns become, in plain loops over rows: the twin of embed.ts for single rows.
import { startsOf } from './embed.js'
import type { MlpState } from './fit.js'
import { addPieces, addWaves, straightLines, takeVectors } from './embed.kernel.js'
import { embeddingWidth } from './numeric-embeddings.js'
import { piecesOf } from './pieces.js'

/** Row-major rows × inputs of the hidden layers. @param arranged - rows × columns, in the order of the network */
export function embedRows(state: MlpState, arranged: Float32Array, rows: number): Float32Array {
  const { inputs, values, numericEmbeddings: kind } = state
  const { flags, numbers, levels } = inputs
  if (levels.length === 0 && (kind === 'none' || numbers === 0)) return arranged
  const columns = inputs.order.length
  const ofNumbers = kind === 'none' ? numbers : numbers * embeddingWidth
  const width = flags + ofNumbers + levels.length * embeddingWidth
  const out = new Float32Array(rows * width)
  const place = { arranged, rows, columns, first: flags, count: numbers, out, width }
  for (let row = 0; row < rows; row++) {
    const kept = kind === 'none' ? flags + numbers : flags
    out.set(arranged.subarray(row * columns, row * columns + kept), row * width)
  }
  if (kind !== 'none' && numbers > 0) {
    const weight = values['numbers.weight']!
    straightLines(place, values['numbers.slope']!, values['numbers.shift']!)
    if (kind === 'periodic')
      addWaves(place, { weight, frequency: values['numbers.frequency']!, phase: values['numbers.phase']! })
    else addPieces(place, { weight, ...piecesOf(inputs.edges) })
  }
  if (levels.length > 0) {
    const vectors = { table: values['categories.weight']!, starts: startsOf(levels) }
    takeVectors({ ...place, first: flags + numbers, count: levels.length }, vectors, flags + ofNumbers)
  }
  return out
}
