// A training step of four networks beside PyTorch's: same weights, batches and threads, in turn within one run. Needs
// /usr/bin/python3 with torch; without it there is nothing to compare with.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, median, writeResult } from '../harness.js'
import type { About, ModelName } from './models.js'
import { serve } from './server.js'
import type { Checked } from './step-once.js'

const python = '/usr/bin/python3'
const peer = join(process.cwd(), 'bench', 'networks', 'peer.py')
const ours = fileURLToPath(new URL('./step-once.js', import.meta.url))

/** What time of PyTorch's a step may take, by one thread and by two. */
const bars: Record<ModelName, readonly [number, number]> = {
  mlp: [0.85, 1],
  gpt: [0.9, 0.9],
  lstm: [0.8, 0.8],
  cnn: [1, 1],
}
/** Ways in which PyTorch may be the fastest; `blas` lets only the matrix products divide their work. */
const variants: Record<ModelName, readonly [readonly string[], readonly string[]]> = {
  mlp: [
    ['plain', 'foreach'],
    ['foreach', 'foreach,blas'],
  ],
  gpt: [
    ['plain', 'foreach'],
    ['foreach', 'foreach,blas'],
  ],
  lstm: [
    ['plain', 'foreach'],
    ['foreach', 'foreach,blas'],
  ],
  cnn: [
    ['foreach', 'channels-last,foreach'],
    ['channels-last,foreach', 'channels-last,foreach,blas'],
  ],
}

/**
 * OpenBLAS, which multiplies PyTorch's matrices, divides its work over all cores unless its own variable says otherwise:
 * torch.set_num_threads does not reach it. Threads of OpenMP that spin while they wait take the cores from those of
 * OpenBLAS: by two threads a step of gpt takes twice as long with them.
 */
const matched = (threads: number): NodeJS.ProcessEnv => ({
  ...process.env,
  OPENBLAS_NUM_THREADS: String(threads),
  OMP_NUM_THREADS: String(threads),
  OMP_WAIT_POLICY: 'PASSIVE',
})

const rounds = 9
const stepsPerRound = 12

async function measure(model: ModelName, threads: 1 | 2, folder: string) {
  const own = serve(process.execPath, [ours, model, String(threads), folder])
  const checked = (await own.first()) as Checked
  const peers = variants[model][threads - 1]!.map((variant) =>
    serve(python, [peer, 'serve', model, String(threads), variant], { env: matched(threads) }),
  )
  const all = [own, ...peers]
  for (const server of all) await server.steps(5)
  const times: number[][] = all.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const i of round % 2 === 0 ? all.keys() : [...all.keys()].toReversed())
      times[i]!.push(median(await all[i]!.steps(stepsPerRound)))
  for (const server of all) server.end()
  const [mine, ...others] = times as [number[], ...number[][]]
  // Against the fastest variant of each round.
  const ratios = mine.map((time, round) => time / Math.min(...others.map((other) => other[round]!)))
  return {
    checked,
    time: median(mine),
    peerTime: Math.min(...others.map(median)),
    ratio: median(ratios),
    times,
  }
}

interface Results {
  readonly folder: string
  readonly figures: Figure[]
  readonly samples: Record<string, number[]>
}

/** All figures of one model. */
async function compare(model: ModelName, { folder, figures, samples }: Results): Promise<void> {
  const place = join(folder, model)
  mkdirSync(place)
  const { status, stderr } = spawnSync(python, [peer, 'dump', model, place], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const about = JSON.parse(readFileSync(join(place, 'about.json'), 'utf8')) as About
  const tell = (what: string, value: number, rest: Omit<Figure, 'what' | 'value'>): void =>
    void figures.push({ what: `${model}, ${what}`, value, ...rest })
  for (const threads of [1, 2] as const) {
    const { checked, time, peerTime, ratio, times } = await measure(model, threads, place)
    const what = `${threads} thread${threads === 1 ? '' : 's'}: a step`
    const ways = variants[model][threads - 1]!
    const name = `PyTorch ${about.torch}, the faster of ${ways.join(' and ')}`
    console.log(model, what, { ratio, time, peerTime, ...checked })
    tell(what, ratio, { unit: '×', bar: bars[model][threads - 1]!, peer: name })
    tell(what, time, { unit: 'ms' })
    tell(`${what} of PyTorch`, peerTime, { unit: 'ms', peer: name })
    times.forEach((list, i) => (samples[`${model}, ${what}: ${['ours', ...ways][i]!}`] = list))
    if (threads === 2) continue
    tell('largest difference of gradients', checked.gradientError, { unit: '', bar: 1e-6, peer: name })
    const ten = 'largest difference of parameters after ten steps'
    tell(ten, checked.parameterError, { unit: '', bar: 1e-4, peer: name })
  }
}

const wanted = (Object.keys(bars) as ModelName[]).filter(
  (name) => process.argv.length < 3 || process.argv.includes(name),
)
const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'))
const probe = spawnSync(python, ['-c', 'import torch'])
if (probe.status !== 0) {
  console.log(`Skipped: ${python} with torch is not here.`)
} else {
  try {
    const figures: Figure[] = []
    const samples: Record<string, number[]> = {}
    for (const model of wanted) await compare(model, { folder, figures, samples })
    figures.push({ what: 'Other programs at work, load average', value: loadavg()[0]!, unit: 'processes' })
    writeResult({
      name: 'networks',
      about: `Median time of a training step (loss, gradients, update), equal weights and batches; medians of ${rounds} interleaved rounds of ${stepsPerRound} steps. mlp: 784-512-512-10, batch 128, Adam. cnn: 3×3×32, pool, 3×3×64, pool, 128, batch 128, SGD with momentum. gpt: 4 layers, 128 wide, context 64, batch 12, AdamW. lstm: 128 units, 64 steps, batch 32, Adam.`,
      figures,
      samples,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
