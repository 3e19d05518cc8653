// Free text as weighted counts of words.
import { custom, DataError, defineOptions, flag, integer, nullable, oneOf } from '../../base/index.js'
import { numberColumn, type StringColumn, table } from '../../data/index.js'
import { defineTransformer, indexOf, joinColumns, tensorColumns, uniqueNames } from '../contracts/index.js'
import { tfidfInGraph } from './tfidf-graph.js'
import { chooseVocabulary, countTerms } from './vocabulary.js'
import { wordsOf } from './words.js'

/** Options of {@link tfidf}. */
export interface TfidfOptions {
  /** The most frequent terms only, per column; null: all. @default null */
  readonly maxFeatures: number | null
  /** The least and the greatest number of words in a term. @default [1, 1] */
  readonly ngramRange: readonly [number, number]
  /** Terms in fewer rows are left out: below 1 a share of the rows, from 1 on a count. @default 1 */
  readonly minDf: number
  /** Replace a count c by 1 + ln c. @default false */
  readonly sublinearTf: boolean
  /** Weigh terms by their rarity. @default true */
  readonly useIdf: boolean
  /** Count one more row that holds every term, so that none is divided by 0. @default true */
  readonly smoothIdf: boolean
  /** Length of each row's vector; null leaves it. @default 'l2' */
  readonly norm: 'l2' | null
  /** Read `Great` and `GREAT` as `great`. @default true */
  readonly lowercase: boolean
}

/** One text column's terms. */
export interface TermWeights {
  readonly terms: readonly string[]
  readonly idf: Float64Array
}

interface TfidfState {
  readonly columns: readonly TermWeights[]
  readonly names: readonly string[]
}

/**
 * Encodes texts by term frequency and inverse document frequency: column `review:great` for the word "great".
 *
 * w(t, d) = tf(t, d) · idf(t), idf(t) = ln((1 + n) / (1 + df(t))) + 1, each row scaled to length 1. Words are two or more
 * letters, marks, digits or underscores in a row; `Great` and `GREAT` count as `great`, while mixed case such as
 * `iPhone` is a word of its own. Missing text is a row of zeros.
 *
 * In the graph, text is cut by ONNX Runtime's own operator `com.microsoft:Tokenizer`, which its native and WebAssembly
 * builds have in every language; other runtimes cannot run such a graph.
 *
 * Cost: O(characters) to fit; n × terms numbers to hold, so set `maxFeatures` for many rows. Vocabularies of more than
 * 30 million characters of distinct text are chosen from evenly spaced texts.
 *
 * @param options - see {@link TfidfOptions}
 * @returns a transformer of text columns
 * @throws {@link DataError} when no column has a word
 * @see values checked against scikit-learn's TfidfVectorizer
 * @example
 * ```ts
 * const weigh = await tfidf({ norm: null }).fit([{ review: 'good food' }, { review: 'bad food' }])
 * weigh.outputs // => ['review:bad', 'review:food', 'review:good']
 * weigh.apply(fromRows([{ review: 'Food, food!' }])).toRows()
 * // => [{ 'review:bad': 0, 'review:food': 2, 'review:good': 0 }]
 * ```
 */
export const tfidf = defineTransformer<TfidfOptions, TfidfState>({
  kind: 'tfidf',
  options: defineOptions<TfidfOptions>({
    maxFeatures: nullable(integer({ min: 1, default: 1 })),
    ngramRange: custom<readonly [number, number]>({
      default: [1, 1],
      expected: 'two whole numbers from 1 to 5, the smaller first',
      accepts: (value) =>
        Array.isArray(value) &&
        value.length === 2 &&
        value.every(Number.isInteger) &&
        value[0] >= 1 &&
        value[0] <= value[1] &&
        value[1] <= 5,
    }),
    minDf: custom({
      default: 1,
      expected: 'a share of at least 0 and below 1, or a whole number of rows',
      accepts: (value) =>
        typeof value === 'number' && ((value >= 0 && value < 1) || (value >= 1 && Number.isInteger(value))),
    }),
    sublinearTf: flag({ default: false }),
    useIdf: flag({ default: true }),
    smoothIdf: flag({ default: true }),
    norm: { ...nullable(oneOf(['l2'], { default: 'l2' })), default: 'l2' },
    lowercase: flag({ default: true }),
  }),
  accepts: ['string'],
  fit({ x }, options) {
    const columns = x.names.map((name) => weightsOf(x.col(name) as StringColumn, options))
    const names = x.names.flatMap((name, j) => columns[j]!.terms.map((term) => `${name}:${term}`))
    if (names.length === 0) {
      throw new DataError(
        `tfidf: there are no words of two or more letters in ${x.names.map((name) => `'${name}'`).join(', ')}. Use oneHot() or leave the column out.`,
        { column: x.names[0] },
      )
    }
    return { columns, names: uniqueNames(names) }
  },
  outputs: ({ names }) => names,
  apply({ columns, names }, x, options) {
    const values = x.names.flatMap((name, j) => weigh(x.col(name) as StringColumn, columns[j]!, options))
    return table(new Map(names.map((name, j) => [name, numberColumn(values[j]!)])))
  },
  compileRow:
    ({ columns }, options) =>
    (row) =>
      row.flatMap((text, j) => {
        const weights = Array.from(columns[j]!.terms, () => 0)
        const { at, values } = vectorOf(String(text ?? ''), columns[j]!, options)
        for (const [i, position] of at.entries()) weights[position] = values[i]!
        return weights
      }),
  toGraph({ columns, names }, x, options) {
    let at = 0
    const parts = x.names.flatMap((name, j) => {
      const own = columns[j]!
      const outputs = names.slice(at, (at += own.terms.length))
      if (outputs.length === 0) return []
      return [tensorColumns(x.graph, tfidfInGraph(x.graph, x.single(name), { ...own, options }), outputs)]
    })
    return joinColumns(x.graph, parts)
  },
})

function weightsOf(column: StringColumn, options: TfidfOptions): TermWeights {
  const { terms, rows } = chooseVocabulary(column, options)
  const extra = options.smoothIdf ? 1 : 0
  const n = column.length + extra
  return {
    terms,
    idf: rows.map((count) => (options.useIdf ? Math.log(n / (count + extra)) + 1 : 1)),
  }
}

/** One column of weights per term. */
function weigh(column: StringColumn, weights: TermWeights, options: TfidfOptions): Float64Array[] {
  const { codes, dictionary } = column
  const columns = weights.terms.map(() => new Float64Array(column.length))
  const vectors = new Map<number, SparseVector>()
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!
    if (code < 0) continue
    let vector = vectors.get(code)
    if (vector === undefined) {
      vector = vectorOf(dictionary[code]!, weights, options)
      vectors.set(code, vector)
    }
    for (let i = 0; i < vector.at.length; i++) columns[vector.at[i]!]![row] = vector.values[i]!
  }
  return columns
}

interface SparseVector {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

function vectorOf(text: string, { terms, idf }: TermWeights, options: TfidfOptions): SparseVector {
  const index = indexOf(terms)
  const at: number[] = []
  const values: number[] = []
  let squares = 0
  for (const [term, count] of countTerms(wordsOf(text, options.lowercase), options.ngramRange)) {
    const position = index.get(term)
    if (position === undefined) continue
    const value = (options.sublinearTf ? 1 + Math.log(count) : count) * idf[position]!
    at.push(position)
    values.push(value)
    squares += value * value
  }
  if (options.norm === null || squares === 0) return { at, values }
  const length = Math.sqrt(squares)
  return { at, values: values.map((value) => value / length) }
}
