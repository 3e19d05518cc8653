// Which words and runs of words a text column is encoded by, and how rare each is.
import { byCodeUnits } from '../contracts/index.js'
import type { StringColumn } from '../../data/index.js'
import { wordsOf } from './words.js'

/** What decides on the vocabulary. */
export interface VocabularyOptions {
  readonly ngramRange: readonly [number, number]
  readonly maxFeatures: number | null
  /** Below 1 a share of the rows, from 1 on a count. */
  readonly minDf: number
  readonly lowercase: boolean
}

/** Terms are words, or words joined by a blank. */
export interface Vocabulary {
  /** In the order of code units. */
  readonly terms: readonly string[]
  /** Rows that hold each term. */
  readonly rows: Float64Array
}

interface Tally {
  /** Rows that hold the term. */
  rows: number
  /** How often it occurs. */
  occurrences: number
}

// Terms are found in at most so many characters, or every second, third… text is looked at: a table of all pairs of
// words of a large corpus does not fit in memory. 30 million characters have about 2 million distinct pairs.
const mostCharacters = 30_000_000

/** Chooses the terms of a column. Cost: one pass over its distinct texts, two where there are many. */
export function chooseVocabulary(column: StringColumn, options: VocabularyOptions): Vocabulary {
  const texts = countTexts(column)
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0)
  const step = Math.ceil(characters / mostCharacters)
  const found = tally(step <= 1 ? texts : texts.filter((_, i) => i % step === 0), options)
  const terms = select(found, column.length, { ...options, step })
  const exact = step <= 1 ? found : tally(texts, options, new Set(terms))
  return { terms, rows: Float64Array.from(terms, (term) => exact.get(term)?.rows ?? 0) }
}

interface CountedText {
  readonly text: string
  readonly rows: number
}

function countTexts({ codes, dictionary }: StringColumn): CountedText[] {
  const rows = new Float64Array(dictionary.length)
  for (const code of codes) if (code >= 0) rows[code]!++
  return (
    dictionary
      .map((text, code) => ({ text, rows: rows[code]! }))
      .filter(({ text, rows: count }) => count > 0 && text !== '')
      // So that what is looked at does not depend on the order of rows.
      .sort((a, b) => byCodeUnits(a.text, b.text))
  )
}

function tally(
  texts: readonly CountedText[],
  { ngramRange, lowercase }: VocabularyOptions,
  only?: ReadonlySet<string>,
): Map<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const { text, rows } of texts) {
    for (const [term, count] of countTerms(wordsOf(text, lowercase), ngramRange)) {
      if (only?.has(term) === false) continue
      const known = tallies.get(term)
      if (known === undefined) tallies.set(term, { rows, occurrences: rows * count })
      else {
        known.rows += rows
        known.occurrences += rows * count
      }
    }
  }
  return tallies
}

/** How often each term occurs among words. */
export function countTerms(
  words: readonly string[],
  [shortest, longest]: readonly [number, number],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (let n = shortest; n <= longest; n++) {
    for (let start = 0; start + n <= words.length; start++) {
      const term = n === 1 ? words[start]! : words.slice(start, start + n).join(' ')
      counts.set(term, (counts.get(term) ?? 0) + 1)
    }
  }
  return counts
}

/** The most frequent terms that stand in enough rows; where none does, all count. */
function select(
  found: ReadonlyMap<string, Tally>,
  rows: number,
  { minDf, maxFeatures, step }: VocabularyOptions & { readonly step: number },
): string[] {
  const least = (minDf < 1 ? minDf * rows : minDf) / step
  const all = [...found]
  const frequent = all.filter(([, { rows: own }]) => own >= least)
  const candidates = frequent.length > 0 ? frequent : all
  if (maxFeatures !== null && candidates.length > maxFeatures) {
    candidates.sort(([a, own], [b, other]) => other.occurrences - own.occurrences || byCodeUnits(a, b))
    candidates.length = maxFeatures
  }
  return candidates.map(([term]) => term).sort(byCodeUnits)
}
