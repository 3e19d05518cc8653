// Random numbers by hashing what they are for, so that they depend on neither order nor thread.
import { seed } from './state.as'

/** Mixes all bits (the finalizer of MurmurHash3, Austin Appleby, public domain). */
export function mix(value: u32): u32 {
  value = (value ^ (value >> 16)) * 0x85ebca6b
  value = (value ^ (value >> 13)) * 0xc2b2ae35
  return value ^ (value >> 16)
}

@inline
export function mixLanes(value: v128): v128 {
  value = i32x4.mul(v128.xor(value, i32x4.shr_u(value, 16)), i32x4.splat(0x85ebca6b))
  value = i32x4.mul(v128.xor(value, i32x4.shr_u(value, 13)), i32x4.splat(0xc2b2ae35))
  return v128.xor(value, i32x4.shr_u(value, 16))
}

/** A key for one purpose, round and item of this fit. */
export function key(purpose: u32, round: u32, item: u32): u32 {
  return mix(mix(mix(seed ^ (purpose * 0x9e3779b9)) + round) + item)
}

/** A number in [0, 1). */
@inline
export function uniform(hash: u32): f64 {
  return <f64>hash * (1.0 / 4294967296.0)
}

// What random numbers are for.
export const FOR_ROWS: u32 = 1
export const FOR_ROUNDING: u32 = 2
export const FOR_TREE_COLUMNS: u32 = 3
export const FOR_NODE_COLUMNS: u32 = 4
export const FOR_THRESHOLDS: u32 = 5

/** Marks exactly `wanted` of the columns that `from` allows (0: all), each set equally likely (Knuth's algorithm S). */
export function chooseColumns(mask: usize, from: usize, columns: i32, wanted: i32, seedKey: u32): void {
  let left = columns
  if (from != 0) {
    left = 0
    for (let f = 0; f < columns; f++) left += <i32>load<u8>(from + <usize>f)
  }
  for (let f = 0; f < columns; f++) {
    if (from != 0 && load<u8>(from + <usize>f) == 0) {
      store<u8>(mask + <usize>f, 0)
      continue
    }
    const take = uniform(mix(seedKey + <u32>f * 0x9e3779b9)) * <f64>left < <f64>wanted
    if (take) wanted--
    left--
    store<u8>(mask + <usize>f, take ? 1 : 0)
  }
}
