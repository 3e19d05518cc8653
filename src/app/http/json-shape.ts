// What large bodies of JSON may not be: nested without end, or an object of a million keys. Reading such a one holds up everybody else
// for seconds, while rows and tensors of the same size take a tenth of it.
import { LimitError } from '../../base/index.js'

/** Characters up to which a body is read as it is: the worst of them takes some 40 ms (measured). */
const harmless = 2 ** 18
/** Tensors have at most 32 axes; descriptions of data and of models are flatter. */
const deepest = 100
/** Columns of one row: 100,000 keys that differ take 0.1 s, a million and a half 1.5 s (measured). */
const mostKeys = 100_000

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** @throws {@link LimitError} for a text that would take long to read for what it says */
export function refuseCostlyJson(text: string): void {
  if (text.length <= harmless) return
  const keys = new Uint32Array(deepest + 1)
  let depth = 0
  let inText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inText) {
      if (code === backslash) at++
      else if (code === quote) inText = false
    } else if (code === quote) inText = true
    else if (code === openList || code === openObject) {
      if (++depth > deepest) throw tooDeep()
      keys[depth] = 0
    } else if (code === closeList || code === closeObject) depth = Math.max(0, depth - 1)
    else if (code === colon && ++keys[depth]! > mostKeys) throw tooManyKeys()
  }
}

const tooDeep = (): LimitError =>
  new LimitError(`The body is nested more than ${deepest} deep, which nothing here is. Send it flatter.`, {
    option: 'body',
    limit: deepest,
  })

const tooManyKeys = (): LimitError =>
  new LimitError(
    `The body has an object of more than ${mostKeys} keys, which no row has. Send many rows as a list, or columns with lists of values.`,
    { option: 'body', limit: mostKeys },
  )
