// Dictionary coding while reading. Texts of at most 12 bytes lie in the vector itself, so they are recognised by their
// four words in a hash table of ours, without making a JavaScript string per row: measured 10 × faster on categories.
import { combine32, mix32 } from '../../base/index.js'
import { isValid, type TextVector } from './vectors.js'

/** Gives each distinct text a code in order of first appearance. */
export interface StringCoder {
  /** Codes of `rows` rows into `codes` from `at`; −1 where missing. */
  code(vector: TextVector, rows: number, target: { readonly codes: Int32Array; readonly at: number }): void
  readonly dictionary: readonly string[]
}

/** DuckDB keeps texts up to this many bytes inline (its `string_t`). */
const inlineBytes = 12

export function stringCoder(): StringCoder {
  const dictionary: string[] = []
  const short = shortTexts()
  const long = new Map<string, number>()
  const add = (text: string): number => dictionary.push(text) - 1

  const longCode = (text: string): number => {
    const known = long.get(text)
    if (known !== undefined) return known
    const code = add(text)
    long.set(text, code)
    return code
  }

  return {
    dictionary,
    code(vector, rows, { codes, at }) {
      const { words, bytes, validity } = vector
      for (let row = 0; row < rows; row++) {
        if (validity !== undefined && !isValid(validity, row)) codes[at + row] = -1
        else if (words[row * 4]! > inlineBytes) codes[at + row] = longCode(vector.text(row))
        else {
          const slot = short.slot(words, row * 4)
          if (short.code(slot) < 0) {
            const start = row * 16 + 4
            short.insert(slot, {
              words,
              from: row * 4,
              code: add(bytes.toString('utf8', start, start + words[row * 4]!)),
            })
          }
          codes[at + row] = short.lastCode()
        }
      }
    },
  }
}

interface Insertion {
  readonly words: Int32Array
  readonly from: number
  readonly code: number
}

/** An open-addressing table from four words to a code. */
function shortTexts() {
  // 1024 slots hold the categories of most columns without growing.
  let mask = 1023
  let keys = new Int32Array(1024 * 4)
  let codes = new Int32Array(1024).fill(-1)
  let count = 0
  let last = -1

  const hash = (words: Int32Array, from: number): number =>
    mix32(combine32(combine32(combine32(words[from]!, words[from + 1]!), words[from + 2]!), words[from + 3]!))

  const slot = (words: Int32Array, from: number): number => {
    for (let at = hash(words, from) & mask; ; at = (at + 1) & mask) {
      last = codes[at]!
      const key = at * 4
      if (last < 0) return at
      if (
        keys[key] === words[from] &&
        keys[key + 1] === words[from + 1] &&
        keys[key + 2] === words[from + 2] &&
        keys[key + 3] === words[from + 3]
      ) {
        return at
      }
    }
  }

  const put = (at: number, { words, from, code }: Insertion): void => {
    for (let word = 0; word < 4; word++) keys[at * 4 + word] = words[from + word]!
    codes[at] = code
    last = code
  }

  const grow = (): void => {
    const [oldKeys, oldCodes] = [keys, codes]
    mask = mask * 2 + 1
    keys = new Int32Array((mask + 1) * 4)
    codes = new Int32Array(mask + 1).fill(-1)
    oldCodes.forEach((code, at) => {
      if (code >= 0) put(slot(oldKeys, at * 4), { words: oldKeys, from: at * 4, code })
    })
  }

  return {
    slot,
    code: (at: number): number => codes[at]!,
    lastCode: (): number => last,
    insert(at: number, insertion: Insertion): void {
      put(at, insertion)
      count++
      // Half full: linear probing stays at one or two steps.
      if (count * 2 > mask) {
        grow()
        last = insertion.code
      }
    },
  }
}
