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
// A leak of a kilobyte a step would be 4 MiB between them.
const bar = 4

const figures: Figure[] = []
const samples: Record<string, number[]> = {}
for (const [model, where] of cases) {
  const runs = Array.from({ length: repeats }, () => residentOf(model, where))
  const at = (step: number): number => median(runs.map((run) => run.get(step)!))
  const growth = (step: number): number => median(runs.map((run) => run.get(step)! - run.get(1000)!))
  figures.push(
    { what: `${model}, ${where}, resident after 1,000 steps`, value: at(1000), unit: 'MiB' },
    { what: `${model}, ${where}, more after 5,000 steps`, value: growth(5000), unit: 'MiB', bar },
    { what: `${model}, ${where}, more after 20,000 steps`, value: growth(steps), unit: 'MiB', bar },
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
