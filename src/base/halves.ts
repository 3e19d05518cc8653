// Numbers of 16 bits, which JavaScript has no array of in Node 20. @see IEEE 754, binary16

/** One bit of sign, five of exponent (bias 15), ten of fraction. */
function floatOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of the nearest half; ties go to the even one. */
function bitsOf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  // From here on the nearest half is infinity.
  if (size >= 65520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(size)))
  const steps = roundToEven(size / 2 ** (exponent - 10))
  // A carry into the next power of two is also one into the bits of the exponent.
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps)
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

// Made at the first use: a look-up is many times faster than the arithmetic, and there are only 65,536 halves.
let values: Float32Array | undefined

/** The values of halves, given by their bits. */
export function floatsOfHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  values ??= Float32Array.from({ length: 65_536 }, (_, i) => floatOf(i))
  const data = new Float32Array(bits.length)
  for (let i = 0; i < data.length; i++) data[i] = values[bits[i]!]!
  return data
}

/** The bits of the nearest halves. */
export const halvesOfFloats = (floats: Float32Array): Uint16Array => Uint16Array.from(floats, bitsOf)
