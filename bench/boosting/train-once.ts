// Trains and scores the engine once and prints what it took as JSON: node train-once.js FOLDER THREADS
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Kernels from '../../dist/engine/kernels/index.js'

/** What one run tells; times in seconds. */
export interface Told {
  readonly version: string
  readonly train: number
  readonly trainCpu: number
  readonly score: number
  readonly auc: number
  readonly peakMiB: number
}

const [folder = '.', threadCount = '2'] = process.argv.slice(2)
const threads = Number(threadCount)
const columns = 28
const built = pathToFileURL(join(process.cwd(), 'dist/engine/kernels/index.js')).href
const { predictEnsemble, trainBoosting } = (await import(built)) as typeof Kernels

function read(name: string): Float32Array {
  const bytes = readFileSync(join(folder, `${name}.bin`))
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

/** Area under the ROC curve by ranks; ties share their mean rank. */
function rocAuc(scores: Float64Array, y: Float32Array): number {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!)
  let [ranks, positives] = [0, 0]
  for (let i = 0; i < order.length;) {
    let end = i
    while (end < order.length && scores[order[end]!] === scores[order[i]!]) end++
    for (let k = i; k < end; k++) {
      if (y[order[k]!] !== 1) continue
      ranks += (i + 1 + end) / 2
      positives++
    }
    i = end
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (y.length - positives))
}

const params: Kernels.BoostingParams = {
  objective: 'logistic',
  nClasses: 2,
  nEstimators: 100,
  learningRate: 0.1,
  maxLeaves: 31,
  maxDepth: null,
  minSamplesLeaf: 1,
  minChildWeight: 1,
  lambda: 1,
  gamma: 0,
  subsample: 1,
  colsampleByTree: 1,
  colsampleByNode: 1,
  maxBins: 255,
  earlyStoppingRounds: null,
  extraTrees: false,
  seed: 0,
}

const x = read('x')
const y = Float64Array.from(read('y'))
const rows = y.length
// Loads and starts whatever is loaded and started on first use.
const few = { x: x.subarray(0, 1000 * columns), rows: 1000, columns, y: y.subarray(0, 1000) }
await trainBoosting(few, { ...params, nEstimators: 1 }, { threads })

const cpu = process.cpuUsage()
const start = performance.now()
const ensemble = await trainBoosting({ x, rows, columns, y }, params, { threads })
const train = (performance.now() - start) / 1000
const used = process.cpuUsage(cpu)
const scoring = performance.now()
await predictEnsemble(ensemble, x, rows, { threads })
const score = (performance.now() - scoring) / 1000
const labels = read('y-test')
const told: Told = {
  version: process.version,
  train,
  trainCpu: (used.user + used.system) / 1e6,
  score,
  auc: rocAuc(await predictEnsemble(ensemble, read('x-test'), labels.length, { threads }), labels),
  peakMiB: process.resourceUsage().maxRSS / 1024,
}
console.log(JSON.stringify(told))
