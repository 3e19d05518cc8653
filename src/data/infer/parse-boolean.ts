// Pairs of words that mean false and true. 0 and 1 stay numbers.

const pairs: readonly (readonly [string, string])[] = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
]

/**
 * The texts for false and true if a column holds nothing else, in the spelling that comes first; otherwise undefined.
 * One word alone is enough for whole words; single letters must both occur, as a lone 'T' may mean anything.
 */
export function booleanLabels(distinct: readonly string[]): readonly [string, string] | undefined {
  if (distinct.length === 0) return undefined
  const pair = pairs.find((candidate) => candidate.includes(distinct[0]!.toLowerCase()))
  if (pair === undefined || !distinct.every((text) => pair.includes(text.toLowerCase()))) return undefined
  const found = pair.map((word) => distinct.find((text) => text.toLowerCase() === word))
  if (pair[0].length === 1 && found.includes(undefined)) return undefined
  const model = distinct[0]!
  return [found[0] ?? spell(pair[0], model), found[1] ?? spell(pair[1], model)]
}

/** The absent word in the spelling of the present one: 'NO' → 'YES', 'No' → 'Yes'. */
function spell(word: string, model: string): string {
  if (model === model.toUpperCase()) return word.toUpperCase()
  return model[0] === model[0]!.toUpperCase() ? word[0]!.toUpperCase() + word.slice(1) : word
}

const truths = new Map<string, number>([
  ...pairs.flatMap(([no, yes]): [string, number][] => [
    [no, 0],
    [yes, 1],
  ]),
  ['0', 0],
  ['1', 1],
])

/** 0 or 1 for a text, by the labels of a column first and by common words next; otherwise NaN. */
export function parseBoolean(text: string, labels?: readonly [string, string]): number {
  if (labels !== undefined) {
    if (text === labels[0]) return 0
    if (text === labels[1]) return 1
  }
  return truths.get(text.toLowerCase()) ?? Number.NaN
}
