// A server of everything at 70 % of what it can do: predictions in four protocols, metrics that are logged, a model that is replaced. No
// answer may fail, and memory must stay flat. Five minutes in CI; MODELWRIGHT_SOAK_MINUTES=30 for the long one.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { expect, test } from 'vitest'
import { smallBundle } from '../support/bundles.js'
import { scratch } from '../support/cli.js'
import { served } from '../support/served.js'

const ci = process.env['CI'] !== undefined
const minutes = Number(process.env['MODELWRIGHT_SOAK_MINUTES'] ?? (ci ? 5 : 0.4))
const share = 0.7
const clients = 8
/** Milliseconds in which the most that the server can do is measured. */
const calibration = 3000
/** The heap and the caches have grown to their size by then: measured growth ends within the first third. */
const warmShare = 0.4
/** Pages that the allocator keeps come and go by some MiB; a leak of 1 KiB a request would be hundreds in five minutes. */
const allowedGrowth = 24 * 2 ** 20

const folder = scratch()
const agent = new Agent({ keepAlive: true, maxSockets: clients })

interface Call {
  readonly path: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** The status of an answer whose body was read to its end, or what went wrong. */
function send(url: string, { path, body, headers = {} }: Call): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request(
      `${url}${path}`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('error', (error) => resolve(error.message))
      },
    )
    sent.on('error', (error) => resolve(error.message))
    sent.end(body)
  })
}

function callsOf(runId: string): ((i: number) => Call)[] {
  const row = (i: number) => ({ size: 20 + (i % 80), city: ['Oslo', 'Bern', 'Riga'][i % 3] })
  const numbers = Buffer.alloc(8 * 64)
  const binary = JSON.stringify({
    inputs: [
      { name: 'size', shape: [64, 1], datatype: 'FP64', parameters: { binary_data_size: numbers.length } },
      { name: 'city', shape: [64, 1], datatype: 'BYTES', data: Array.from({ length: 64 }, () => 'Oslo') },
    ],
  })
  const json = (path: string, body: (i: number) => unknown) => (i: number) => ({
    path,
    body: JSON.stringify(body(i)),
  })
  return [
    json('/api/v1/serving/models/houses/predict', row),
    json('/v1/models/houses:predict', (i) => ({ instances: [row(i), row(i + 1)] })),
    json('/invocations', (i) => ({ dataframe_records: [row(i)] })),
    () => ({
      path: '/v2/models/houses/infer',
      body: Buffer.concat([Buffer.from(binary), numbers]),
      headers: { 'Inference-Header-Content-Length': String(Buffer.byteLength(binary)) },
    }),
    json('/api/2.0/mlflow/runs/log-metric', (i) => ({
      run_id: runId,
      key: `m${i % 10}`,
      value: i / 7,
      timestamp: 1_700_000_000_000 + i,
      step: i,
    })),
  ]
}

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

test.skipIf(process.platform !== 'linux')(
  `${minutes} minutes at 70 % load without an error, in flat memory [memory is read from /proc: Linux]`,
  { timeout: (minutes * 60 + 120) * 1000 },
  async () => {
    await smallBundle(folder.path, 'houses')
    const server = await served(
      ['ui', '--serve', 'houses', '--port', '0', '--log-level', 'silent', '--log-requests', '0.01'],
      { cwd: folder.path },
    )
    const runId = await newRun(server.url)
    const calls = callsOf(runId)
    const outcomes = new Map<number | string, number>()
    let count = 0
    /** Each client asks as fast as it is answered, or so that all of them together keep to a rate. */
    const drive = async (duration: number, rate: number): Promise<number> => {
      const [start, before] = [performance.now(), count]
      const client = async (): Promise<void> => {
        while (performance.now() - start < duration) {
          const due = start + ((count - before) / rate) * 1000
          const early = due - performance.now()
          const i = count++
          if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
          const outcome = await send(server.url, calls[i % calls.length]!(i))
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        }
      }
      await Promise.all(Array.from({ length: clients }, client))
      return ((count - before) / (performance.now() - start)) * 1000
    }

    await drive(calibration, Infinity)
    const most = await drive(calibration, Infinity)
    const memory: number[] = []
    const watch = setInterval(() => memory.push(residentBytes(server.child.pid!)), 500)
    const replace = setInterval(() => void smallBundle(folder.path, 'houses'), 20_000)
    await drive(minutes * 60_000, most * share)
    clearInterval(watch)
    clearInterval(replace)

    expect(Object.fromEntries(outcomes)).toEqual({ 200: count })
    const warm = memory.slice(Math.floor(memory.length * warmShare))
    const half = Math.floor(warm.length / 2)
    const growth = mean(warm.slice(half)) - mean(warm.slice(0, half))
    expect(growth, `resident memory grew by ${(growth / 2 ** 20).toFixed(1)} MiB`).toBeLessThan(allowedGrowth)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    if (process.env['MODELWRIGHT_SOAK_MINUTES'] !== undefined) {
      const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
      console.log(
        `${count} requests, ${most.toFixed(0)}/s at most; resident ${mib(memory[0]!)} MiB at first, ${mib(warm[0]!)} MiB warm, ${mib(memory.at(-1)!)} MiB at last`,
      )
    }
  },
)

async function newRun(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/2.0/mlflow/runs/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_id: '0', run_name: 'soak' }),
  })
  return ((await answer.json()) as { run: { info: { run_id: string } } }).run.info.run_id
}
