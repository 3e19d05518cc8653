// Whether training keeps what it needs no more: resident memory after 1,000 steps, after 5,000, and after 20,000.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Figure, median, writeResult } from '../harness.js'
import type { Resident } from './train-steps.js'

const program = fileURLToPath(new URL('train-steps.js', import.meta.url))
const repeats = 3
const steps = 20_000

/** What V8 takes for young objects grows once and by jumps of megabytes: it is kept at its least, so that a leak shows. */
const flags = ['--expose-gc', '--max-semi-space-size=1']

function residentOf(model: string, where: string): Map<number, number> {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, program, model, where, String(steps)],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`${model} ${where} failed: ${stderr}`)
  return new Map(JSON.parse(stdout) as Resident)
}

const cases = [
  ['mlp', 'here'],
  ['mlp', 'worker'],
  ['mlp', 'wasm'],
  ['cnn', 'here'],
  ['lstm', 'here'],
] as const
/**
 * MiB. A leak of a kilobyte a step would be 4 from 1,000 to 5,000 steps, and 15 from there to 20,000. Garbage of a worker is
 * collected when V8 likes, not on request; the WebAssembly engine is compiled anew where it is hot, which takes memory once.
 */
const bars = { here: [4, 4], worker: [16, 16], wasm: [undefined, 4] } as const

const figures: Figure[] = []
const samples: Record<string, number[]> = {}
for (const [model, where] of cases) {
  const runs = Array.from({ length: repeats }, () => residentOf(model, where))
  const at = (step: number): number => median(runs.map((run) => run.get(step)!))
  const growth = (from: number, to: number): number =>
    median(runs.map((run) => run.get(to)! - run.get(from)!))
  const figure = (what: string, value: number, bar?: number): Figure => ({
    what: `${model}, ${where}, ${what}`,
    value,
    unit: 'MiB',
    ...(bar === undefined ? {} : { bar }),
  })
  figures.push(
    figure('resident after 1,000 steps', at(1000)),
    figure('more after 5,000 steps', growth(1000, 5000), bars[where][0]),
    figure('more from there to 20,000 steps', growth(5000, steps), bars[where][1]),
  )
  samples[`${model}, ${where}`] = [...runs[0]!.values()]
}
writeResult({
  name: 'training-memory',
  about:
    'Resident memory of a process that trains a small network (batches from an async iterable, dropout, clipping, a moving average, validation with a metric every 20 steps); medians of three processes, V8 with its smallest young generation.',
  figures,
  samples,
})
