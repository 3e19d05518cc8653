// The next hour's demand from the two days before, by an LSTM: npm run example -- lstm-forecast. In short, for an hourly demand
// that is made up here; with --full --data FOLDER for 17,379 hours of rented bicycles.
import { join } from 'node:path'
import { asNumbers, readTable } from 'modelwright/data'
import { array, type NDArray, random, spec } from 'modelwright/graph'
import { meanAbsoluteError } from 'modelwright/metrics'
import {
  adamW,
  batches,
  dense,
  fitNetwork,
  huber,
  lstm,
  network,
  oneCycle,
  predictNetwork,
  sequential,
} from 'modelwright/nn'
import { dataFolder } from './common/settings.js'
import { trainingLog } from './common/training-log.js'

/** What is known of each hour. */
interface Hours {
  readonly count: Float64Array
  /** From 0 to 23. */
  readonly hour: Float64Array
  readonly workingday: Float64Array
  /** About 0 to 1. */
  readonly temperature: Float64Array
}

const folder = dataFolder('bike_sharing_hour.csv.gz')
const hours = folder === undefined ? madeUp(120) : await bicycles(join(folder, 'bike_sharing_hour.csv.gz'))
const [epochs, units] = folder === undefined ? [12, 32] : [15, 64]

const past = 48
const features = 5
const total = hours.count.length
// In the order of time: what comes later must not help to foretell what comes before.
const [heldFrom, testFrom] = [Math.floor(0.8 * total), Math.floor(0.9 * total)]
const scale = hours.count.subarray(0, heldFrom).reduce((most, count) => Math.max(most, count))
const train = windows(past, heldFrom)
const held = windows(heldFrom, testFrom)
const test = windows(testFrom, total)

const net = network(
  sequential(lstm(units, { sequences: false }), dense(1)),
  spec('float32', ['batch', past, features]),
)
console.log(`${net.parameterCount.toLocaleString('en')} parameters, ${train.y.shape[0]} hours to learn from`)

const log = trainingLog()
const { values } = await fitNetwork(net, {
  data: batches(train, { batchSize: 64, dropLast: true }),
  loss: (forecast, { y }) => huber(forecast, y, { delta: 0.1 }),
  optimizer: adamW({ learningRate: 5e-3 }),
  schedule: oneCycle(epochs * Math.floor(train.y.shape[0]! / 64)),
  clipNorm: 1,
  epochs,
  validation: batches(held, { batchSize: 512, shuffle: false }),
  onEvent: log.onEvent,
})

const actual = hours.count.subarray(testFrom)
const forecast = Array.from((await predictNetwork(net, values, test.x)).data, (value) => value * scale)
const error = (predicted: ArrayLike<number>): string => meanAbsoluteError(actual, predicted).toFixed(1)
const before = (count: number): Float64Array => hours.count.subarray(testFrom - count, total - count)
console.log(`mean error of the test ${error(forecast)}; as an hour ago ${error(before(1))}`)
console.log(`as a week ago ${error(before(7 * 24))}`)
log.saveCurve(folder === undefined ? 'Made-up demand by the hour' : 'Bicycles by the hour')

/** For each hour of a range, the hours before it and its own count. */
function windows(from: number, to: number): { readonly x: NDArray; readonly y: NDArray } {
  const x = new Float32Array((to - from) * past * features)
  for (let hour = from; hour < to; hour++)
    for (let back = 0; back < past; back++) {
      const at = hour - past + back
      const angle = (2 * Math.PI * hours.hour[at]!) / 24
      const known = [hours.count[at]! / scale, Math.sin(angle), Math.cos(angle), hours.workingday[at]!]
      x.set([...known, hours.temperature[at]!], ((hour - from) * past + back) * features)
    }
  const y = Float32Array.from(hours.count.subarray(from, to), (count) => count / scale)
  return { x: array(x, { shape: [to - from, past, features] }), y: array(y, { shape: [to - from, 1] }) }
}

async function bicycles(file: string): Promise<Hours> {
  const table = await readTable(file)
  const numbers = (name: string): Float64Array => Float64Array.from(asNumbers(table.col(name)) ?? [])
  return {
    count: numbers('cnt'),
    hour: numbers('hr'),
    workingday: numbers('workingday'),
    temperature: numbers('temp'),
  }
}

/** So many days, with two rushes on working days and a long noon on others, more of everything when it is warm. */
function madeUp(days: number): Hours {
  const count = new Float64Array(days * 24)
  const temperature = new Float64Array(count.length)
  const noise = random.normal(random.key(5), [count.length, 2]).data
  const bell = (hour: number, middle: number, width: number): number =>
    Math.exp(-(((hour - middle) / width) ** 2))
  const workingday = Float64Array.from(count, (_, i) => Number(Math.floor(i / 24) % 7 < 5))
  let weather = 0
  for (let i = 0; i < count.length; i++) {
    const hour = i % 24
    weather = 0.97 * weather + 0.1 * noise[2 * i]!
    temperature[i] = 0.5 + 0.3 * weather + 0.15 * Math.sin(((hour - 9) / 12) * Math.PI)
    const rushes = bell(hour, 8, 1.5) + 1.2 * bell(hour, 17.5, 2)
    const shape = workingday[i] === 1 ? rushes : 0.9 * bell(hour, 14, 4)
    count[i] = Math.max(0, 400 * shape * Math.exp(0.5 * weather) + 20 + 8 * noise[2 * i + 1]!)
  }
  return { count, hour: Float64Array.from(count, (_, i) => i % 24), workingday, temperature }
}
