// Words of texts, cut and folded alike in memory and in a graph.

/**
 * Two or more letters, marks, digits or underscores in a row: the words of scikit-learn's vectorizers, with combining
 * marks. The same pattern in JavaScript and in RE2, which the graph's tokenizer uses.
 */
export const wordPattern = '[\\p{L}\\p{M}\\p{N}_]{2,}'

const words = new RegExp(wordPattern, 'gu')

/** The words of a text in order. */
export function wordsOf(text: string, lowercase: boolean): string[] {
  const found = text.match(words) ?? []
  return lowercase ? found.map(folded) : found
}

/**
 * A word in lower case if it is written as words are: `great`, `Great` or `GREAT`; `iPhone` stays.
 *
 * A graph has no lower-casing that works in every locale (the standard operator fails where its locale is not
 * installed), but it can list the few spellings of each word that it knows; hence this rule.
 */
function folded(word: string): string {
  const lower = word.toLowerCase()
  return word === lower || word === capitalized(lower) || word === lower.toUpperCase() ? lower : word
}

function capitalized(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0)!)
  return first.toUpperCase() + word.slice(first.length)
}

/** All words that fold to this one. */
export function spellings(word: string, lowercase: boolean): string[] {
  if (!lowercase) return [word]
  const candidates = new Set([word, capitalized(word), word.toUpperCase()])
  return [...candidates].filter((candidate) => folded(candidate) === word)
}
