// Sentences judged good or bad by a small transformer: npm run example -- sentences. In short, it learns sentences that are made up
// here, in which "not" turns the meaning, however far away; with --full --data FOLDER it learns the reviews of SST-2.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { array, type NDArray, random, spec, t } from 'modelwright/graph'
import { accuracy } from 'modelwright/metrics'
import {
  adamW,
  batches,
  crossEntropy,
  dense,
  dropout,
  embedding,
  fitNetwork,
  type Layer,
  learnedPositions,
  network,
  normal,
  oneCycle,
  predictNetwork,
  transformerBlock,
} from 'modelwright/nn'
import { dataFolder } from './common/settings.js'
import { trainingLog } from './common/training-log.js'

interface Sentence {
  readonly words: readonly string[]
  /** 1 is good, 0 is bad. */
  readonly label: number
}

const folder = dataFolder(...['train', 'dev', 'test'].map((part) => `sst2_${part}.tsv.gz`))
const read = (part: 'train' | 'dev' | 'test', count: number, seed: number): Sentence[] =>
  folder === undefined ? madeUp(count, seed) : reviews(join(folder, `sst2_${part}.tsv.gz`))
const [train, held, test] = [read('train', 1500, 1), read('dev', 300, 2), read('test', 500, 3)]
const setting =
  folder === undefined
    ? { longest: 20, width: 32, epochs: 5, batchSize: 64, learningRate: 5e-3, weightDecay: 0.05 }
    : { longest: 48, width: 64, epochs: 3, batchSize: 32, learningRate: 2e-3, weightDecay: 0.5 }
const { longest, width, epochs, batchSize, learningRate, weightDecay } = setting
// A few thousand sentences are soon known by heart; shares of words that are not read, and of numbers that are dropped.
const [unread, dropped] = folder === undefined ? [0, 0] : [0.4, 0.3]

/** Words by number; 0 is no word, 1 one that training never saw. */
const vocabulary = new Map([...new Set(train.flatMap(({ words }) => words))].map((word, i) => [word, i + 2]))

/** int32 [sentences, words] to scores [sentences, 2]. */
const classifier: Layer = (numbers, scope) => {
  const isWord = t.greater(numbers, 0)
  // In training, some words are read as unknown, so that no single one decides.
  const hidden = t.and(random.bernoulli(scope.key(), unread, { like: numbers }), isWord)
  const seen = scope.training ? t.where(hidden, 1, numbers) : numbers
  const table = embedding(vocabulary.size + 2, width, { weightInitializer: normal(0.02) })
  const placed = learnedPositions(longest)(table(seen, scope.child('words')), scope.child('positions'))
  const block = transformerBlock({ heads: 4, dropout: 0.1, partDropout: dropped, feedForward: 2 * width })
  const read = block(dropout(dropped)(placed, scope), scope.child('block'), { mask: isWord })
  // The mean over the words that are there.
  const counts = t.cast(t.expandDims(isWord, -1), 'float32')
  const mean = t.div(t.sum(t.mul(read, counts), { axes: 1 }), t.sum(counts, { axes: 1 }))
  return dense(2)(dropout(dropped)(mean, scope), scope.child('scores'))
}
const net = network(classifier, spec('int32', ['batch', longest]))
console.log(`${net.parameterCount.toLocaleString('en')} parameters, ${train.length} sentences to learn from`)

const log = trainingLog()
const { values } = await fitNetwork(net, {
  data: batches(encoded(train), { batchSize }),
  loss: (scores, { y }) => crossEntropy(scores, y, { labelSmoothing: 0.1 }),
  optimizer: adamW({ learningRate, weightDecay }),
  clipNorm: 1,
  schedule: oneCycle(epochs * Math.ceil(train.length / batchSize)),
  averageDecay: 0.99,
  epochs,
  validation: batches(encoded(held), { batchSize: 256, shuffle: false }),
  onEvent: log.onEvent,
})

const { x, y } = encoded(test)
const scores = await predictNetwork(net, values, x)
console.log(`test accuracy ${(100 * accuracy(y.data, t.argMax(scores).data)).toFixed(1)} %`)
log.saveCurve(folder === undefined ? 'Made-up sentences' : 'SST-2')

/** Sentences as the numbers of their words, filled up with zeros. */
function encoded(sentences: readonly Sentence[]): { readonly x: NDArray; readonly y: NDArray } {
  const numbers = new Int32Array(sentences.length * longest)
  sentences.forEach(({ words }, i) =>
    words.slice(0, longest).forEach((word, k) => (numbers[i * longest + k] = vocabulary.get(word) ?? 1)),
  )
  return {
    x: array(numbers, { shape: [sentences.length, longest] }),
    y: array(Int32Array.from(sentences, ({ label }) => label)),
  }
}

/** Lines of text, a tab, and 0 or 1. */
function reviews(file: string): Sentence[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n')
  return lines.map((line) => {
    const [text, label] = line.split('\t')
    return { words: text!.trim().split(/\s+/), label: Number(label) }
  })
}

/** Sentences such as "the cast is not , to be honest , dull": no word by itself says whether they are good. */
function madeUp(count: number, seed: number): Sentence[] {
  const choices = {
    subject: ['the film', 'this story', 'the whole cast', 'every scene of it', 'the music'],
    is: ['is', 'was', 'seems', 'becomes', 'remains'],
    turn: ['', 'not', '', 'never'],
    aside: ['', ', to be honest ,', 'in the end', ', as one expects ,', 'for an hour or more', 'quite'],
    judgment: ['good', 'dull', 'bright', 'weak', 'moving', 'empty', 'funny', 'clumsy'],
    end: ['.', 'to me .', '!', 'this time .', 'from start to finish .'],
  }
  const draws = random.uniform(random.key(seed), [count, Object.keys(choices).length]).data
  return Array.from({ length: count }, (_, row) => {
    const places = Object.values(choices).map((list, k) => Math.floor(draws[6 * row + k]! * list.length))
    const text = Object.values(choices)
      .map((list, k) => list[places[k]!])
      .join(' ')
    const [turned, bad] = [places[2]! % 2, places[4]! % 2]
    return { words: text.trim().split(/\s+/), label: Number(turned === bad) }
  })
}
