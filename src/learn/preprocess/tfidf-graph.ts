// TF-IDF in operators: cut into words, look words up, count runs of them, weigh.
import {
  add,
  cast,
  div,
  equal,
  type GraphBuilder,
  greater,
  intsAttribute,
  log,
  mul,
  reduceSum,
  reshape,
  sqrt,
  stringsAttribute,
  tensor,
  type Value,
  where,
} from '../../engine/onnx/index.js'
import { rowConstant } from './number-columns.js'
import type { TermWeights, TfidfOptions } from './tfidf.js'
import { spellings, wordPattern } from './words.js'

/** Weights [N, terms] of texts [N, 1]. */
export function tfidfInGraph(
  graph: GraphBuilder,
  texts: Value,
  { terms, idf, options }: TermWeights & { readonly options: TfidfOptions },
): Value {
  const counts = countsInGraph(graph, wordsInGraph(graph, texts), { terms, lowercase: options.lowercase })
  const some = greater(graph, counts, 0)
  const frequency = options.sublinearTf
    ? where(graph, some, [add(graph, log(graph, where(graph, some, [counts, 1])), 1), 0])
    : counts
  const weights = mul(graph, frequency, rowConstant(graph, idf))
  if (options.norm === null) return weights
  const length = sqrt(graph, reduceSum(graph, mul(graph, weights, weights)))
  return div(graph, weights, where(graph, equal(graph, length, 0), [1, length]))
}

// Stands after the last row, so that there is always a row and a word: the operators do not take less.
const extraText = 'aa'

/** Words [N + 1, longest], padded with what is no word; the last row is an extra one. */
function wordsInGraph(graph: GraphBuilder, texts: Value): Value {
  const extra = graph.initializer('extra', tensor('string', [extraText]))
  const all = graph.node('Concat', [reshape(graph, texts, [-1]), extra], { axis: 0 }, { type: 'string' })
  const attributes = { mark: 0, mincharnum: 1, pad_value: ' ', tokenexp: wordPattern }
  return graph.node('Tokenizer', [all], attributes, { domain: 'com.microsoft', type: 'string' })
}

/** Counts [N, terms] as float64; words that are in no term become −1, which no run holds. */
function countsInGraph(
  graph: GraphBuilder,
  words: Value,
  { terms, lowercase }: { readonly terms: readonly string[]; readonly lowercase: boolean },
): Value {
  const runs = terms.map((term) => term.split(' '))
  const vocabulary = [...new Set(runs.flat())]
  const codes = new Map(vocabulary.map((word, code) => [word, code]))
  const keys = vocabulary.map((word) => spellings(word, lowercase))
  const ids = graph.node(
    'LabelEncoder',
    [words],
    {
      keys_strings: stringsAttribute(keys.flat()),
      values_int64s: intsAttribute(keys.flatMap((own, code) => own.map(() => code))),
      default_int64: -1,
    },
    { domain: 'ai.onnx.ml', type: 'int64' },
  )
  const counted = graph.node('TfIdfVectorizer', [ids], runAttributes(runs, codes), { type: 'float32' })
  const bounds = [[0], [-1], [0]].map((bound) => graph.initializer('bound', tensor('int64', bound)))
  return cast(graph, graph.node('Slice', [counted, ...bounds], {}, { type: 'float32' }), 'float64')
}

/** The runs of words as the operator wants them: all of one word, then all of two, and so on. */
function runAttributes(runs: readonly (readonly string[])[], codes: ReadonlyMap<string, number>) {
  const longest = Math.max(...runs.map((run) => run.length))
  const pool: number[] = []
  const starts: number[] = []
  const outputs: number[] = []
  for (let n = 1; n <= longest; n++) {
    starts.push(pool.length)
    runs.forEach((run, output) => {
      if (run.length !== n) return
      pool.push(...run.map((word) => codes.get(word)!))
      outputs.push(output)
    })
  }
  return {
    mode: 'TF',
    min_gram_length: 1,
    max_gram_length: longest,
    max_skip_count: 0,
    ngram_counts: intsAttribute(starts),
    ngram_indexes: intsAttribute(outputs),
    pool_int64s: intsAttribute(pool),
  }
}
