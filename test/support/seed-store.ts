// Fills a store with runs that look like somebody's work, for tests of size, for pictures and for trying the page. The same seed, the same runs.
import { type Rng, rng } from '../../src/base/index.js'
import type { MetricPoint, Store } from '../../src/operate/store/index.js'

export interface SeedOptions {
  readonly runs: number
  /** Further parameters and metrics of each run beside those with a meaning, half of each. @default 0 */
  readonly columns?: number
  /** The newest runs have curves of so many points. @default 60 */
  readonly points?: number
  /** How many have curves. @default 40 */
  readonly curves?: number
  /** The time of the newest run. */
  readonly now: number
  readonly seed?: number
}

const adjectives = [
  'amber',
  'brisk',
  'calm',
  'deep',
  'eager',
  'faint',
  'grand',
  'hollow',
  'keen',
  'lucid',
  'mild',
  'noble',
]
const nouns = [
  'alder',
  'brook',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'inlet',
  'juniper',
  'lark',
  'maple',
]
const models = ['ridge', 'gradient-boosting', 'random-forest', 'mlp']
const experiments = ['house-prices', 'customer-churn', 'demand-forecast']
const minute = 60_000

type Draw = Rng
const pick = <T>(draw: Draw, list: readonly T[]): T => list[Math.floor(draw.uniform() * list.length)]!

/** The ids of the runs, oldest first. */
export async function seedStore(store: Store, options: SeedOptions): Promise<string[]> {
  const { runs, now, seed = 7, curves = 40 } = options
  const draw = rng(seed)
  const ids: string[] = []
  const homes: string[] = []
  for (const name of experiments) homes.push((await store.experiments.create({ name })).experimentId)
  for (let i = 0; i < runs; i++) {
    const startTime = now - (runs - i) * 7 * minute
    const { runId } = await store.runs.create({
      experimentId: homes[i % homes.length]!,
      name: `${pick(draw, adjectives)}-${pick(draw, nouns)}-${i + 1}`,
      userId: pick(draw, ['ada', 'grace', 'alan']),
      startTime,
    })
    ids.push(runId)
    await store.logging.batch(runId, batchOf(draw, { ...options, startTime, withCurve: i >= runs - curves }))
    const fate = draw.uniform()
    const status = fate < 0.05 ? 'FAILED' : fate < 0.07 ? 'KILLED' : 'FINISHED'
    await store.runs.update(runId, {
      status,
      endTime: startTime + Math.round((0.4 + draw.uniform() * 5) * minute),
    })
  }
  return ids
}

function batchOf(
  draw: Draw,
  {
    columns = 0,
    points = 60,
    startTime,
    withCurve,
  }: SeedOptions & { readonly startTime: number; readonly withCurve: boolean },
) {
  const learningRate = 10 ** (-4 + 3 * draw.uniform())
  const depth = 2 + Math.floor(draw.uniform() * 8)
  const quality =
    0.28 + Math.abs(Math.log10(learningRate) + 2) * 0.08 + Math.abs(depth - 6) * 0.01 + draw.uniform() * 0.05
  const extra = Math.floor(columns / 2)
  const metrics: MetricPoint[] = []
  const steps = withCurve ? points : 1
  for (let i = 0; i < steps; i++) {
    const step = withCurve ? i : points - 1
    const falling = 1.4 * Math.exp((-5 * step) / points)
    const noise = withCurve ? (draw.uniform() - 0.5) * 0.03 : 0
    const at = { step, timestamp: startTime + step * 2000 }
    metrics.push(
      { key: 'train_loss', value: quality * 0.9 + falling + noise, ...at },
      { key: 'validation_rmse', value: quality + falling * 1.1 + noise * 1.6, ...at },
    )
  }
  const once = { step: 0, timestamp: startTime + minute }
  metrics.push(
    { key: 'r2', value: 1 - quality * 0.8, ...once },
    { key: 'rows_per_second', value: Math.round(2000 + draw.uniform() * 90_000), ...once },
  )
  for (let j = 0; j < extra; j++) metrics.push({ key: `slice_${j}/error`, value: draw.uniform(), ...once })
  const params: Record<string, string> = {
    model: pick(draw, models),
    learning_rate: learningRate.toPrecision(3),
    max_depth: String(depth),
    seed: String(Math.floor(draw.uniform() * 100)),
    features: pick(draw, ['all', 'selected', 'numeric only']),
  }
  for (let j = 0; j < extra; j++) params[`option_${j}`] = String(Math.floor(draw.uniform() * 1000))
  return { metrics, params, tags: { team: pick(draw, ['pricing', 'growth']) } }
}
