// A GPT that writes Shakespeare letter by letter: npm run example -- character-gpt. In short, a small one learns from a few scenes;
// with --full --data FOLDER the setting that nanoGPT gives for computers without a GPU learns from a million letters, to a loss
// on the last tenth of the text below 1.88.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { array, compile, type NDArray, random, spec } from 'modelwright/graph'
import {
  adamW,
  type Batch,
  cosineSchedule,
  crossEntropy,
  dense,
  embedding,
  fitNetwork,
  layerNorm,
  learnedPositions,
  network,
  normal,
  sequential,
  transformerBlock,
  warmup,
} from 'modelwright/nn'
import { dataFolder, threadCount } from './common/settings.js'
import { trainingLog } from './common/training-log.js'

const folder = dataFolder('tinyshakespeare.txt.gz')
const text =
  folder === undefined
    ? readFileSync('examples/data/coriolanus.txt', 'utf8')
    : gunzipSync(readFileSync(join(folder, 'tinyshakespeare.txt.gz'))).toString()
const size =
  folder === undefined
    ? { blocks: 2, width: 64, context: 32, batch: 16, steps: 400, learningRate: 3e-3 }
    : { blocks: 4, width: 128, context: 64, batch: 12, steps: 2000, learningRate: 1e-3 }
const { blocks, width, context, batch, steps, learningRate } = size

const letters = [...new Set(text)].toSorted()
const codes = new Map(letters.map((letter, code) => [letter, code]))
const all = Int32Array.from(text, (letter) => codes.get(letter)!)
const border = Math.floor(0.9 * all.length)
const [train, held] = [all.subarray(0, border), all.subarray(border)]

const initial = normal(0.02)
const net = network(
  sequential(
    embedding(letters.length, width, { weightInitializer: initial }),
    learnedPositions(context),
    ...Array.from({ length: blocks }, () => transformerBlock({ heads: 4, causal: true })),
    layerNorm(),
    dense(letters.length, { bias: false, weightInitializer: initial }),
  ),
  spec('int32', ['batch', context]),
)
console.log(
  `${net.parameterCount.toLocaleString('en')} parameters, ${train.length.toLocaleString('en')} letters`,
)

const log = trainingLog()
const { values, history } = await fitNetwork(net, {
  data: passages,
  loss: (scores, { y }) => crossEntropy(scores, y),
  optimizer: adamW({ learningRate, beta2: 0.99, weightDecay: 0.1 }),
  clipNorm: 1,
  schedule: warmup(100, cosineSchedule(steps - 100, { floor: 0.1 })),
  steps,
  threads: threadCount(),
  validation: wholeText,
  onEvent: log.onEvent,
})
const loss = Math.min(...history.map(({ validation }) => validation!['loss']!))
console.log(
  `validation loss ${loss.toFixed(3)} a letter; by pairs of letters alone ${pairsLoss().toFixed(3)}`,
)
log.saveCurve(folder === undefined ? 'A small character GPT' : 'A character GPT on tiny shakespeare')
console.log(await write('\n', 400))

/** Passages that begin at these places, and the same one letter on: what is to be said at each. */
function passagesAt(source: Int32Array, starts: readonly number[]): Batch {
  const taken = (shift: number): NDArray =>
    array(
      Int32Array.from({ length: starts.length * context }, (_, i) => {
        return source[starts[Math.floor(i / context)]! + (i % context) + shift]!
      }),
      { shape: [starts.length, context] },
    )
  return { x: taken(0), y: taken(1) }
}

/** Passages from anywhere; an eighth of the training counts as an epoch, after which there is a look at the loss. */
function* passages(epoch: number): Generator<Batch> {
  for (let i = 0; i < steps / 8; i++) {
    const key = random.foldIn(random.key(1), epoch * steps + i)
    const places = random.uniform(key, [batch], { high: train.length - context - 1 })
    yield passagesAt(train, Array.from(places.data, Math.floor))
  }
}

/** The whole of the text that was held back, passage after passage. */
function* wholeText(): Generator<Batch> {
  const starts = Array.from({ length: Math.floor((held.length - 1) / context) }, (_, i) => i * context)
  for (let i = 0; i < starts.length; i += 64) yield passagesAt(held, starts.slice(i, i + 64))
}

/** What a table of the letters that follow each letter would come to: the loss to beat. */
function pairsLoss(): number {
  const n = letters.length
  const counts = new Float64Array(n * n).fill(1)
  for (let i = 1; i < train.length; i++) counts[train[i - 1]! * n + train[i]!]!++
  let sum = 0
  for (let i = 1; i < held.length; i++) {
    const row = counts.subarray(held[i - 1]! * n, (held[i - 1]! + 1) * n)
    sum -= Math.log(row[held[i]!]! / row.reduce((total, count) => total + count))
  }
  return sum / (held.length - 1)
}

/** Goes on from a beginning, each letter drawn by the scores of the network. */
async function write(beginning: string, count: number): Promise<string> {
  await using compiled = await compile(net.trace())
  const draws = random.uniform(random.key(2), [count]).data
  const written = Array.from(beginning, (letter) => codes.get(letter)!)
  for (const draw of draws) {
    const seen = written.slice(-context)
    // Every place looks at what came before alone, so that anything may follow the last letter.
    const x = array(
      Int32Array.from({ length: context }, (_, i) => seen[i] ?? 0),
      { shape: [1, context] },
    )
    const { data } = await compiled.run({ params: values, x })
    const scores = data.subarray((seen.length - 1) * letters.length, seen.length * letters.length)
    written.push(drawn(scores, draw))
  }
  return written.map((code) => letters[code]).join('')
}

/** A code by the softmax of its scores, and a number from 0 to 1. */
function drawn(scores: ArrayLike<number>, draw: number): number {
  const weights = Array.from(scores, (score) => Math.exp(score))
  let left = draw * weights.reduce((sum, weight) => sum + weight)
  return weights.findIndex((weight) => (left -= weight) <= 0)
}
