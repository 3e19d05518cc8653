// The network for tables in plain loops: single rows are answered at once, without a runtime.

/** out[i, j] = Σ_l x[i, l] · w[j, l] + b[j], and relu; w is [units, inputs]. */
export function denseRelu(x: Float32Array, rows: number, w: Float32Array, b: Float32Array): Float32Array {
  const units = b.length
  const inputs = w.length / units
  const out = new Float32Array(rows * units)
  for (let i = 0; i < rows; i++) {
    const from = i * inputs
    for (let j = 0; j < units; j++) {
      const at = j * inputs
      let s0 = 0
      let s1 = 0
      let l = 0
      for (; l + 1 < inputs; l += 2) {
        s0 += x[from + l]! * w[at + l]!
        s1 += x[from + l + 1]! * w[at + l + 1]!
      }
      if (l < inputs) s0 += x[from + l]! * w[at + l]!
      const sum = s0 + s1 + b[j]!
      out[i * units + j] = sum > 0 ? sum : 0
    }
  }
  return out
}

/** The inputs of all members, member by member: x[i, l] · scale[m, l]. */
export function scaled(
  x: ArrayLike<number>,
  rows: number,
  scale: Float32Array,
  members: number,
): Float32Array {
  const columns = scale.length / members
  const out = new Float32Array(members * rows * columns)
  let at = 0
  for (let m = 0; m < members; m++)
    for (let i = 0; i < rows; i++)
      for (let l = 0; l < columns; l++) out[at++] = x[i * columns + l]! * scale[m * columns + l]!
  return out
}

/** out[m, i, o] = Σ_l h[m, i, l] · w[m, l, o] + b[m, o]. */
export function memberOutputs(
  h: Float32Array,
  rows: number,
  w: Float32Array,
  b: Float32Array,
  members: number,
): Float64Array {
  const outputs = b.length / members
  const width = w.length / members / outputs
  const out = new Float64Array(members * rows * outputs)
  for (let m = 0; m < members; m++)
    for (let i = 0; i < rows; i++)
      for (let o = 0; o < outputs; o++) {
        let sum = b[m * outputs + o]!
        for (let l = 0; l < width; l++)
          sum += h[(m * rows + i) * width + l]! * w[(m * width + l) * outputs + o]!
        out[(m * rows + i) * outputs + o] = sum
      }
  return out
}
