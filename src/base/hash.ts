// Hashes that are part of saved formats: splits and seeds rely on them, so their values must never change.
import type { Hash } from 'node:crypto'

/** Mixes all 32 bits (the finalizer of MurmurHash3, Austin Appleby, public domain). */
export function mix32(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Folds one 32-bit word into a hash: one round of MurmurHash3. Chain it, then finish with {@link mix32}. */
export function combine32(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  k = Math.imul(k, 0x1b873593)
  let h = hash ^ k
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

/** 32-bit hash of a text by its UTF-16 code units. Stable across versions and platforms. */
export function hashText(text: string, seed = 0): number {
  let h = seed | 0
  for (let i = 0; i < text.length; i++) h = combine32(h, text.charCodeAt(i))
  return mix32(h ^ text.length)
}

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)
// The high word of the NaN that most processors make. Written as a word: storing a NaN may keep any of its bit patterns.
const nanWord = 0x7ff80000

/** 32-bit hash of a number; all NaNs are one, and −0 equals 0. */
export function hashNumber(value: number, seed = 0): number {
  if (Number.isNaN(value)) return mix32(combine32(combine32(seed, 0), nanWord))
  // −0 + 0 is 0.
  float[0] = value + 0
  return mix32(combine32(combine32(seed, words[0]!), words[1]!))
}

/** A SHA-256 to be fed. Node's crypto is loaded here: importing it would take as long as ten modules of ours. */
export const sha256Hash = (): Hash => process.getBuiltinModule('node:crypto').createHash('sha256')

/** SHA-256 of bytes or text as lower-case hexadecimal. For content addresses, not for splits. */
export function sha256(content: Uint8Array | string): string {
  return sha256Hash().update(content).digest('hex')
}
