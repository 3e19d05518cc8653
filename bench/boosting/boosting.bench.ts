// Boosting of a million rows beside XGBoost. Needs /usr/bin/python3 with scikit-learn and xgboost: without them there
// is no data to train on.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, interleave, median, ratio, writeResult } from '../harness.js'
import type { Told } from './train-once.js'

const python = '/usr/bin/python3'
const threads = '2'
const trainOnce = fileURLToPath(new URL('./train-once.js', import.meta.url))
const script = (name: string): string => join(process.cwd(), 'bench', 'boosting', name)

function output(program: string, args: readonly string[]): string {
  // Sleeping instead of spinning at OpenMP's barriers: on a machine that others use too, spinning costs XGBoost a
  // multiple of its time.
  const env = { ...process.env, OMP_WAIT_POLICY: 'passive' }
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`)
  return stdout
}

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'))
try {
  output(python, [script('data.py'), folder])
  const runs: Record<'ours' | 'xgboost', Told[]> = { ours: [], xgboost: [] }
  const contender = (name: keyof typeof runs, program: string, file: string) => () => {
    const told = JSON.parse(output(program, [file, folder, threads])) as Told
    runs[name].push(told)
    return told.train
  }
  const load: number[] = []
  await interleave(
    {
      load: () => load.push(loadavg()[0]!),
      ours: contender('ours', process.execPath, trainOnce),
      xgboost: contender('xgboost', python, script('peer.py')),
    },
    { repeats: 3, warmup: 0 },
  )
  const { ours, xgboost } = runs
  const peer = `XGBoost ${xgboost[0]!.version}, hist, leaf-wise, the same 2 threads`
  const compare = (what: string, of: (told: Told) => number, bar?: number): Figure => ({
    what,
    value: ratio(ours.map(of), xgboost.map(of)),
    unit: '×',
    peer,
    ...(bar !== undefined && { bar }),
  })
  const gap = median(ours.map((told) => told.auc)) - median(xgboost.map((told) => told.auc))
  const figures: Figure[] = [
    compare('Training, time', (told) => told.train, 1),
    compare('Training, processor time of all threads', (told) => told.trainCpu, 1),
    compare('Scoring of the training rows, time', (told) => told.score, 1),
    compare('Peak memory of the process, data included', (told) => told.peakMiB),
    {
      what: 'AUC on 200,000 new rows, difference',
      value: gap,
      unit: 'AUC',
      bar: -0.001,
      atLeast: true,
      peer,
    },
    { what: 'Training', value: median(ours.map((told) => told.train)), unit: 's' },
    { what: 'Training, XGBoost', value: median(xgboost.map((told) => told.train)), unit: 's', peer },
    { what: 'Other programs at work, load average', value: median(load), unit: 'processes' },
  ]
  const samples: Record<string, number[]> = { load }
  for (const [name, told] of Object.entries(runs)) {
    samples[`${name}: train`] = told.map((run) => run.train)
    samples[`${name}: train, processor`] = told.map((run) => run.trainCpu)
    samples[`${name}: score`] = told.map((run) => run.score)
  }
  const about =
    '1,000,000 rows × 28 columns (make_classification), 100 rounds of 31 leaves, logistic loss, binning included, ' +
    'seconds; 3 interleaved rounds, each run in a process of its own.'
  writeResult({ name: 'boosting', about, figures, samples })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
