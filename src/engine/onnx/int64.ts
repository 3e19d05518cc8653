// 64-bit integers of the file format: the codec speaks pairs of 32 bits, JavaScript speaks number and bigint.
import type { Int64 } from './proto/messages.js'

/** A pair that the codec writes as the two's complement of a bigint. */
export function int64(value: bigint): Int64 {
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: false,
  }
}

/** The exact value; a field that is not set is 0. */
export function toBigInt(value: number | Int64 | null | undefined): bigint {
  if (value === undefined || value === null) return 0n
  if (typeof value === 'number') return BigInt(value)
  const bits = (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
  return value.unsigned ? BigInt.asUintN(64, bits) : bits
}

/** The value as a number; exact up to 2^53, which no size, version or index of a readable file exceeds. */
export function toNumber(value: number | Int64 | null | undefined): number {
  return typeof value === 'number' ? value : Number(toBigInt(value))
}
