// The pieces between edges, as many for each column: those that a column lacks have slope 0 and stay 0.

/** Row-major columns × pieces. */
export interface Pieces {
  readonly starts: Float32Array
  /** 1 / length. */
  readonly slopes: Float32Array
  readonly pieces: number
}

export function piecesOf(edges: readonly Float32Array[]): Pieces {
  const pieces = Math.max(1, ...edges.map((own) => own.length - 1))
  const starts = new Float32Array(edges.length * pieces)
  const slopes = new Float32Array(edges.length * pieces)
  edges.forEach((own, column) => {
    for (let i = 0; i + 1 < own.length; i++) {
      starts[column * pieces + i] = own[i]!
      slopes[column * pieces + i] = 1 / (own[i + 1]! - own[i]!)
    }
  })
  return { starts, slopes, pieces }
}
