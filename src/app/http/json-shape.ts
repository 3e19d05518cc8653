// What large bodies of JSON may not be: nested without end, of a million lists and objects, or of names without end. Reading such a one
// holds up everybody else ten times as long as rows and tensors of the same size.
import { randomInt } from 'node:crypto'
import { LimitError } from '../../base/index.js'

/** Characters up to which a body is read as it is: the worst of them takes some 40 ms (measured). */
const harmless = 2 ** 18
/** Tensors have at most 32 axes; descriptions of data and of models are flatter. */
const deepest = 100
/** Columns of all rows: 100,000 keys that differ take 0.1 s, a million 1 s (measured), while keys that are repeated cost nothing. */
const mostKeys = 100_000
/** Lists and objects, 0.2 µs each (measured): ten for each row that a request may have. */
const mostParts = 1_000_000

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** @throws {@link LimitError} for a text that would take long to read for what it says */
export function refuseCostlyJson(text: string): void {
  if (text.length <= harmless) return
  const countKey = differentTexts()
  let [depth, parts] = [0, 0]
  let hash = 0
  let inText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inText) {
      if (code === quote) inText = false
      else hash = hashed(hash, code === backslash ? text.charCodeAt(++at) : code)
    } else if (code === quote) {
      inText = true
      hash = seed
    } else if (code === openList || code === openObject) {
      if (++depth > deepest) throw tooDeep()
      if (++parts > mostParts) throw tooManyParts()
    } else if (code === closeList || code === closeObject) depth = Math.max(0, depth - 1)
    else if (code === colon && countKey(hash) > mostKeys) throw tooManyKeys()
  }
}

/** Nobody shall find texts that fall together. */
const seed = randomInt(2 ** 32)

/** One step of FNV-1a. */
const hashed = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193)

/** Ten times as many as there may be keys: of 100,000 that differ, 5 in 100 are not told apart. */
const places = 2 ** 20

/** Counts hashes that differ, as far as one place for each can tell. */
function differentTexts(): (hash: number) => number {
  const seen = new Uint8Array(places)
  let count = 0
  return (hash) => {
    const place = (hash ^ (hash >>> 20)) & (places - 1)
    if (seen[place] === 0) count++
    seen[place] = 1
    return count
  }
}

const tooDeep = (): LimitError =>
  new LimitError(`The body is nested more than ${deepest} deep, which nothing here is. Send it flatter.`, {
    option: 'body',
    limit: deepest,
  })

const tooManyKeys = (): LimitError =>
  new LimitError(
    `The body has objects of more than ${mostKeys} different keys, which no rows have. Send many rows as a list, or columns with lists of values.`,
    { option: 'body', limit: mostKeys },
  )

const tooManyParts = (): LimitError =>
  new LimitError(
    `The body has more than ${mostParts} lists and objects. Send it in parts, columns with lists of values, or tensors as bytes (Open Inference).`,
    { option: 'body', limit: mostParts },
  )
