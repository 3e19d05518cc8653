// A store's file written directly: raw inserts to compare with, and fillings that would take long over HTTP.
import Database from 'libsql'
import { batchPoints, rowsPerBatch } from './batches.js'

/** Rows of one insert: of ten, fifty and a thousand, fifty were the fastest. */
const rowsPerInsert = 50

type File = Database.Database

export function openFile(path: string): File {
  const file = new Database(path)
  file.exec('pragma busy_timeout = 10000')
  file.exec('pragma journal_mode = wal')
  file.exec('pragma synchronous = normal')
  return file
}

/** Inserts rows in transactions of a thousand. */
function insert(file: File, table: string, width: number, rows: Iterable<readonly unknown[]>): void {
  const row = `(${Array.from({ length: width }, () => '?').join(', ')})`
  const text = (count: number): string =>
    `insert into ${table} values ${Array.from({ length: count }, () => row).join(', ')}`
  const statement = file.prepare(text(rowsPerInsert))
  let values: unknown[] = []
  let inserted = 0
  file.exec('begin immediate')
  for (const one of rows) {
    values.push(...one)
    if (values.length < rowsPerInsert * width) continue
    statement.run(values)
    values = []
    inserted += rowsPerInsert
    if (inserted % rowsPerBatch === 0) file.exec('commit; begin immediate')
  }
  if (values.length > 0) file.prepare(text(values.length / width)).run(values)
  file.exec('commit')
}

/** Milliseconds for batches of metrics with prepared inserts of fifty rows, in a transaction each. */
export function rawInserts(file: File, run: number, first: number, count: number): number {
  const batches = Array.from({ length: count }, (_, i) => batchPoints(first + i))
  const start = performance.now()
  for (const points of batches) {
    insert(
      file,
      'metrics',
      6,
      points.map(({ key, step, timestamp, value }) => [run, key, step, timestamp, value, 0]),
    )
  }
  return performance.now() - start
}

/** Runs of an experiment with a hundred parameters and a hundred metrics each. */
export function addRuns(file: File, experiment: number, count: number): void {
  const firstId = experiment * 1_000_000
  const ids = Array.from({ length: count }, (_, i) => firstId + i)
  const hex = (id: number): string => id.toString(16).padStart(32, '0')
  file
    .prepare(`insert into experiments values (?, ?, ?, 'active', 0, 0)`)
    .run([experiment, `experiment ${experiment}`, `mlflow-artifacts:/${experiment}`])
  insert(
    file,
    'runs (id, run_id, experiment, name, status, user_id, start_time, lifecycle_stage, artifact_uri)',
    9,
    ids.map((id) => [id, hex(id), experiment, `run ${id}`, 'FINISHED', 'ada', id, 'active', `x:/${id}`]),
  )
  insert(
    file,
    'params',
    3,
    each(ids, (id, i) => [id, `param_${i}`, `${id * i}`]),
  )
  insert(
    file,
    'latest_metrics (run, key, step, timestamp, value, is_nan, min_value, max_value)',
    8,
    each(ids, (id, i) => {
      const value = Math.sin(id * 100 + i)
      return [id, `metric_${i}`, 0, 0, value, 0, value, value]
    }),
  )
}

function* each<T>(ids: readonly number[], row: (id: number, i: number) => T): Generator<T> {
  // In the order of the key, as the runs came one after the other.
  const order = Array.from({ length: 100 }, (_, i) => i).sort((a, b) => (`${a}` < `${b}` ? -1 : 1))
  for (const id of ids) for (const i of order) yield row(id, i)
}

/** A history of one metric of a run. */
export function addHistory(file: File, run: number, count: number): void {
  const points = function* (): Generator<readonly unknown[]> {
    for (let step = 0; step < count; step++) yield [run, 'loss', step, step, Math.sin(step), 0]
  }
  insert(file, 'metrics', 6, points())
}
