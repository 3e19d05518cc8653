// BERT-base (110 million parameters, 128 tokens): how long it takes to describe, trace, differentiate, write and open its training
// step, what a step takes, and the memory of it all.
import { spawnSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Figure, median, writeResult } from '../harness.js'
import type { BertTimes } from './bert-once.js'

const once = fileURLToPath(new URL('./bert-once.js', import.meta.url))
const rounds = 3
/** Seconds from the description to a step that is ready. */
const mostSeconds = 10

function measure(batch: number, threads: number): BertTimes {
  const { stdout, stderr, status } = spawnSync(process.execPath, [once, String(batch), String(threads)], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as BertTimes
}

const figures: Figure[] = []
for (const batch of [1, 2]) {
  const runs = Array.from({ length: rounds }, () => measure(batch, 2))
  const of = (pick: (run: BertTimes) => number): number => median(runs.map(pick))
  const what = `batch ${batch}`
  const ready = (run: BertTimes): number => run.trace + run.differentiate + run.write + run.open
  figures.push(
    {
      what: `${what}: from description to a step that is ready`,
      value: of(ready) / 1000,
      unit: 's',
      bar: mostSeconds,
    },
    { what: `${what}: describing and tracing`, value: of((run) => run.trace), unit: 'ms' },
    { what: `${what}: differentiating`, value: of((run) => run.differentiate), unit: 'ms' },
    { what: `${what}: writing`, value: of((run) => run.write), unit: 'ms' },
    {
      what: `${what}: opening, with room for gradients and the optimizer's state`,
      value: of((run) => run.open),
      unit: 'ms',
    },
    { what: `${what}: the first step`, value: of((run) => run.firstStep), unit: 'ms' },
    { what: `${what}: a step`, value: of((run) => run.step), unit: 'ms' },
    {
      what: `${what}: loss after six steps, of the first`,
      value: of(({ losses }) => losses.at(-1)! / losses[0]!),
      unit: '×',
      bar: 1,
    },
    { what: `${what}: peak memory of the process`, value: of((run) => run.memoryMB), unit: 'MB' },
  )
  if (batch === 1)
    figures.push(
      { what: 'parameters', value: of((run) => run.parameters) / 1e6, unit: 'million' },
      { what: 'operators in the file', value: of((run) => run.operators), unit: '' },
    )
}
figures.push({ what: 'Other programs at work, load average', value: loadavg()[0]!, unit: 'processes' })
writeResult({
  name: 'bert',
  about: `BERT-base with a classifier, 128 tokens, AdamW, two threads; medians of ${rounds} processes. Parameters, gradients and both moments are 1.75 GB.`,
  figures,
})
