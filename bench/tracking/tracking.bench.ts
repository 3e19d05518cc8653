// Tracking over HTTP, with the server of the program: metrics in, the list of runs and long histories out.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Figure, interleave, median, ratio, writeResult } from '../harness.js'
import { startServer } from '../ui-server.js'
import { rowsPerBatch } from './batches.js'
import type { Milliseconds } from './load.js'
import { addHistory, addRuns, openFile, rawInserts } from './store-file.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-tracking-'))
const loader = fileURLToPath(new URL('load.js', import.meta.url))
const machineLoad = loadavg()[0]!

/** Batches of one sample: a second or so. */
const batches = 200
const repeats = 7
const storePath = join(folder, 'store.db')

async function post(url: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${url}/api/2.0/mlflow${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const said = await answer.json()
  if (!answer.ok) throw new Error(JSON.stringify(said))
  return said
}

const startRun = async (url: string): Promise<string> =>
  ((await post(url, '/runs/create', { experiment_id: '0' })) as { run: { info: { run_id: string } } }).run
    .info.run_id

async function logging(url: string): Promise<Record<'raw' | 'http', number[]>> {
  const raw = openFile(join(folder, 'raw.db'))
  raw.exec(
    'create table metrics (run integer not null, key text not null, step integer not null, timestamp integer not null, value real not null, is_nan integer not null, primary key (run, key, step, timestamp, value, is_nan)) without rowid',
  )
  let first = 0
  const samples = await interleave(
    {
      // A run of its own for each sample: a table that grows would make the later samples slower.
      raw: () => rawInserts(raw, (first += batches), first, batches),
      http: async () => {
        const args = [loader, url, await startRun(url), String((first += batches)), String(batches)]
        return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Milliseconds
      },
    },
    { repeats, warmup: 2 },
  )
  raw.close()
  return samples
}

const list =
  (url: string, experiment: number, more: object = {}) =>
  (): Promise<unknown> =>
    post(url, '/runs/search', { experiment_ids: [String(experiment)], max_results: 100, ...more })

async function history(url: string, runId: string): Promise<void> {
  const query = `run_ids=${runId}&metric_key=loss&max_results=500`
  const answer = await fetch(`${url}/api/2.0/mlflow/metrics/get-history-bulk-interval?${query}`)
  const { metrics } = (await answer.json()) as { readonly metrics: readonly unknown[] }
  if (metrics.length < 400) throw new Error(`${metrics.length} points`)
}

async function reading(url: string): Promise<Record<string, number[]>> {
  const file = openFile(storePath)
  addRuns(file, 1, 100)
  addRuns(file, 2, 10_000)
  const [short, long] = [1_000_000, 2_000_000]
  addHistory(file, short, 10_000)
  addHistory(file, long, 1_000_000)
  file.close()
  const idOf = (id: number): string => id.toString(16).padStart(32, '0')
  const sorted = { order_by: ['metrics.metric_7 DESC'] }
  const filtered = { filter: "metrics.metric_3 > 0.5 and params.param_5 LIKE '%5'" }
  return interleave(
    {
      'list of 100': list(url, 1),
      'list of 10,000': list(url, 2),
      'sorted list of 10,000': list(url, 2, sorted),
      'filtered list of 10,000': list(url, 2, filtered),
      'history of 10,000': () => history(url, idOf(short)),
      'history of 1,000,000': () => history(url, idOf(long)),
    },
    { repeats: 31, warmup: 3 },
  )
}

const { url, server } = await startServer(storePath)
try {
  const written = await logging(url)
  const read = await reading(url)
  const rows = (samples: readonly number[]): number => (batches * rowsPerBatch) / median(samples)
  const growth = (what: string, large: string, small: string): Figure => ({
    what,
    value: ratio(read[large]!, read[small]!),
    unit: '×',
    bar: 3,
  })
  writeResult({
    name: 'tracking',
    about: `The server of the program with SQLite in its thread. Metrics: batches of 1,000 as MLflow's client sends them, over four connections of a second process, against prepared inserts of 50 rows in transactions of 1,000 into the same table. Lists: the first 100 runs with 200 columns each, as MLflow's client asks for them. Histories: 500 points. Load of the machine before: ${machineLoad.toFixed(1)}.`,
    figures: [
      {
        what: 'metrics over HTTP, of raw inserts',
        value: ratio(written.raw, written.http),
        unit: '×',
        bar: 0.4,
        atLeast: true,
        peer: 'libsql 0.5',
      },
      { what: 'metrics over HTTP', value: rows(written.http), unit: 'rows/ms' },
      { what: 'raw inserts', value: rows(written.raw), unit: 'rows/ms' },
      growth('list of 10,000 runs, of that of 100', 'list of 10,000', 'list of 100'),
      growth('the same sorted by a metric', 'sorted list of 10,000', 'list of 100'),
      growth('the same filtered', 'filtered list of 10,000', 'list of 100'),
      { what: 'list of 10,000 runs', value: median(read['list of 10,000']!), unit: 'ms' },
      growth('500 points of 1,000,000, of those of 10,000', 'history of 1,000,000', 'history of 10,000'),
      { what: '500 points of 1,000,000', value: median(read['history of 1,000,000']!), unit: 'ms' },
    ],
    samples: { ...written, ...read },
  })
} finally {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}
