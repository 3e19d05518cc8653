// How fast a CSV becomes a model matrix, and what memory that takes, beside DuckDB's own read of the same file.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, interleave, median, ratio, writeResult } from '../harness.js'
import type { Told } from './read-once.js'

const rows = 1_000_000
const columns = 28
const matrixMiB = (rows * columns * 4) / 2 ** 20
const reader = fileURLToPath(new URL('./read-once.js', import.meta.url))

/** A process of its own, so that memory is counted from nothing. */
function tell(way: string, file: string): Told {
  const { status, stdout, stderr } = spawnSync(process.execPath, [reader, way, file], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${way} failed: ${stderr}`)
  return JSON.parse(stdout) as Told
}

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'))
try {
  const file = join(folder, 'numbers.csv')
  const { version } = tell(`write:${rows}:${columns}`, file)
  if (!existsSync(file)) throw new Error('The file to be read was not written.')
  const peaks: Record<string, number[]> = { scan: [], matrix: [] }
  const processor: Record<string, number[]> = { create: [], matrix: [] }
  const timed = (way: string) => () => {
    const told = tell(way, file)
    peaks[way]?.push(told.peakMiB)
    processor[way]?.push(told.processorMilliseconds)
    return told.milliseconds
  }
  const contenders = {
    create: timed('create'),
    matrix: timed('matrix'),
    table: timed('table'),
    scan: timed('scan'),
  }
  // Of the minute before: this benchmark itself is not in it.
  const load = loadavg()[0]!
  const samples = await interleave(contenders, { repeats: 5 })
  const peer = `DuckDB ${version}, CREATE TABLE AS of the same file`
  const figures: Figure[] = [
    {
      what: 'CSV → float32 matrix, time',
      value: ratio(samples.matrix, samples.create),
      unit: '×',
      bar: 1.5,
      peer,
    },
    {
      what: 'CSV → float32 matrix, processor time of all threads',
      value: ratio(processor['matrix']!, processor['create']!),
      unit: '×',
      peer,
    },
    { what: 'CSV → table, time', value: ratio(samples.table, samples.create), unit: '×', peer },
    {
      what: 'CSV → float32 matrix, peak memory above the scan',
      value: (median(peaks['matrix']!) - median(peaks['scan']!)) / matrixMiB,
      unit: '× matrix',
      bar: 2,
      peer: `DuckDB ${version}, sums over all columns`,
    },
    { what: 'CSV → float32 matrix', value: median(samples.matrix), unit: 'ms' },
    { what: 'CREATE TABLE AS', value: median(samples.create), unit: 'ms', peer },
    { what: 'Other programs at work, load average', value: load, unit: 'processes' },
  ]
  writeResult({
    name: 'csv',
    about: `A CSV file of ${rows} rows × ${columns} numbers, each read in a process of its own; medians of 5 interleaved rounds.`,
    figures,
    samples,
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
