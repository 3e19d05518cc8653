// One way of reading a file, told on standard output: milliseconds from the loaded engine on, and peak memory.
import { DuckDBInstance } from '@duckdb/node-api'
import { readMatrix, readTable } from 'modelwright/data'

export interface Told {
  readonly milliseconds: number
  /** Of all threads. */
  readonly processorMilliseconds: number
  readonly peakMiB: number
  readonly version: string
}

const [way = '', file = ''] = process.argv.slice(2)
const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()
const run = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowsJS()[0]?.[0]
const version = String(await run('select version()'))
const source = `read_csv('${file}')`

async function read(): Promise<unknown> {
  if (way.startsWith('write:')) return write(way)
  switch (way) {
    case 'create':
      return run(`create table numbers as select * from ${source}`)
    case 'scan':
      // Every value is parsed and none is kept.
      return run(`select sum(columns(*)) from ${source}`)
    case 'table':
      return readTable(file)
    case 'matrix':
      return readMatrix(file)
    default:
      throw new Error(`Unknown way to read: ${way}`)
  }
}

function write(what: string): Promise<unknown> {
  const [, rows, columns] = what.split(':')
  const list = Array.from({ length: Number(columns) }, (_, i) => `round(random() * 10 - 5, 6) as x${i}`)
  return run(`copy (select ${list.join(', ')} from range(${rows})) to '${file}' (header)`)
}

const start = performance.now()
const before = process.cpuUsage()
await read()
const { user, system } = process.cpuUsage(before)
const told: Told = {
  milliseconds: performance.now() - start,
  processorMilliseconds: (user + system) / 1000,
  // Linux and macOS tell kibibytes through Node.
  peakMiB: process.resourceUsage().maxRSS / 1024,
  version,
}
process.stdout.write(JSON.stringify(told))
