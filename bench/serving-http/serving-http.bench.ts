// Serving over HTTP, with load from this process on servers in others: a row as JSON against a fastify handler that calls the bare
// runtime, and against scikit-learn behind FastAPI where /usr/bin/python3 has both; tensors in binary against tensors in JSON;
// requests that are joined against such that are not.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readTable } from 'modelwright/data'
import { graphBuilder } from 'modelwright/onnx'
import { train } from 'modelwright/train'
import { type Figure, interleave, median, ratio, writeResult } from '../harness.js'
import { denseNetwork, width } from '../serve-core/network.js'
import { load, quantile, requestBytes } from './load.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-serving-http-'))
const source = 'examples/data/telco-churn.csv'
const busy = loadavg()[0]!
const program = fileURLToPath(new URL('./server.js', import.meta.url))
const labelledRows = join(folder, 'rows.jsonl')
/** As many as a small fleet of clients keeps open. */
const connections = 16

interface Ports {
  readonly ours: number
  readonly single: number
  readonly bare: number
  readonly placements: readonly (readonly [string, string])[]
}

interface Peer {
  readonly port: number
  readonly peer: string
}

const children: ChildProcess[] = []
const endAll = (): void => {
  for (const child of children) child.kill()
}
// Also when a request fails.
process.on('exit', endAll)

/** What a server says on its first line; nothing when it ends without a word. */
async function start<Told>(
  command: string,
  args: readonly string[],
  errors: 'inherit' | 'ignore',
): Promise<Told | undefined> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', errors] })
  children.push(child)
  child.on('error', () => undefined)
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Told
  return undefined
}

async function trained(): Promise<{ path: string; model: string; bodies: string[] }> {
  const path = join(folder, 'churn')
  const { result } = await train({ source, target: 'Churn', time: 60, out: path, prefer: 'best' })
  const { signature } = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as {
    signature: { inputs: { name: string; type: string }[] }
  }
  const rows = (await readTable(source)).toRows()
  const bodies = rows.map((row) =>
    Object.fromEntries(
      signature.inputs.map(({ name, type }) => {
        const value = row[name] ?? 0
        // The bare handler reads numbers only.
        return [name, type === 'boolean' ? Number(value) : value]
      }),
    ),
  )
  const labelled = rows.map((row, i) => JSON.stringify({ ...bodies[i], Churn: row['Churn'] }))
  writeFileSync(labelledRows, labelled.join('\n'))
  return { path, model: result.model, bodies: bodies.slice(0, 100).map((body) => JSON.stringify(body)) }
}

function graphFile(name: string, graph: Uint8Array): string {
  const path = join(folder, `${name}.onnx`)
  writeFileSync(path, graph)
  return path
}

/** Next to no work, so that what is compared is the way of the tensors. */
function plainGraph(): Uint8Array {
  const g = graphBuilder({ name: 'plain' })
  g.output('y', g.node('Neg', [g.input('x', 'float32', ['N', 64])]), 'float32', ['N', 64])
  return g.build()
}

interface Tensor {
  readonly model: string
  readonly columns: number
  readonly values: Float32Array
}

function tensorRequest(port: number, { model, columns, values }: Tensor, form: 'json' | 'binary'): Buffer {
  const input = { name: 'x', shape: [values.length / columns, columns], datatype: 'FP32' }
  const path = `/v2/models/${model}/infer`
  if (form === 'json')
    return requestBytes(port, path, JSON.stringify({ inputs: [{ ...input, data: [...values] }] }))
  const bytes = Buffer.from(values.buffer)
  const json = Buffer.from(
    JSON.stringify({
      inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }],
      parameters: { binary_data_output: true },
    }),
  )
  const header = `Inference-Header-Content-Length: ${json.length}\r\n`
  return requestBytes(port, path, Buffer.concat([json, bytes]), header)
}

const values = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i))

const bundle = await trained()
const ports = (await start<Ports>(
  process.execPath,
  [program, bundle.path, graphFile('plain', plainGraph()), graphFile('network', denseNetwork())],
  'inherit',
))!
const python = await start<Peer>(
  '/usr/bin/python3',
  ['bench/serving-http/peer.py', labelledRows, 'Churn'],
  'ignore',
)
const requestsTo = (port: number, path: string): Buffer[] =>
  bundle.bodies.map((body) => requestBytes(port, path, body))
const ours = requestsTo(ports.ours, '/api/v1/serving/models/churn/predict')
const bare = requestsTo(ports.bare, '/predict')

const tails: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] }
async function rows(name: 'ours' | 'bare'): Promise<number> {
  const { time, latencies } = await load(ports[name], name === 'ours' ? ours : bare, {
    connections,
    count: 2000,
  })
  tails[name].push(quantile(latencies, 0.99))
  return time / 2000
}

/** A twentieth of the others' requests take as long there. */
const fewRequests = 100
async function pythonRows(): Promise<number> {
  if (python === undefined) return NaN
  const { time } = await load(python.port, requestsTo(python.port, '/predict'), {
    connections,
    count: fewRequests,
  })
  return time / fewRequests
}

const one = { connections: 1, count: 12 }
const bodyOf = async (request: Buffer): Promise<number> =>
  (await load(ports.ours, [request], one)).time / one.count
const mebibyte = 2 ** 20
// 262,144 numbers of four bytes; as JSON about twenty bytes each.
const plain = { model: 'plain', columns: 64 }
const same = { ...plain, values: values(mebibyte / 4) }
const fewer = { ...plain, values: values(Math.floor(mebibyte / 20 / 64) * 64) }

const many = { connections: 64, count: 320 }
const network = { model: 'network', columns: width, values: values(width) }
const networkRows = async (port: number): Promise<number> =>
  (await load(port, [tensorRequest(port, network, 'binary')], many)).time / many.count

const samples = await interleave(
  {
    ours: () => rows('ours'),
    bare: () => rows('bare'),
    python: pythonRows,
    oneOurs: async () => (await load(ports.ours, ours, { connections: 1, count: 400 })).time / 400,
    oneBare: async () => (await load(ports.bare, bare, { connections: 1, count: 400 })).time / 400,
    binary: () => bodyOf(tensorRequest(ports.ours, same, 'binary')),
    json: () => bodyOf(tensorRequest(ports.ours, same, 'json')),
    smallerJson: () => bodyOf(tensorRequest(ports.ours, fewer, 'json')),
    joined: () => networkRows(ports.ours),
    single: () => networkRows(ports.single),
  },
  { repeats: 15, warmup: 2 },
)
const kept = (name: 'ours' | 'bare'): number[] => tails[name].slice(2)

const placement = Object.fromEntries(ports.placements)['churn']
const figures: Figure[] = [
  {
    what: `a row as JSON (${bundle.model}, in a ${placement}), ${connections} connections: requests per second over the bare handler`,
    value: ratio(samples.bare, samples.ours),
    unit: '×',
    bar: 0.6,
    atLeast: true,
    peer: 'fastify 5 + onnxruntime-node 1.30',
  },
  { what: 'the same, requests per second', value: 1000 / median(samples.ours), unit: '/s' },
  {
    what: 'the same, 99 % of answers come within, over the bare handler',
    value: ratio(kept('ours'), kept('bare')),
    unit: '×',
    bar: 4,
    peer: 'fastify 5 + onnxruntime-node 1.30',
  },
  {
    what: 'the same, one connection: requests per second over the bare handler',
    value: ratio(samples.oneBare, samples.oneOurs),
    unit: '×',
    peer: 'fastify 5 + onnxruntime-node 1.30',
  },
  ...(python === undefined
    ? []
    : [
        {
          what: `the same row, ${connections} connections: requests per second over a server of Python`,
          value: ratio(samples.python, samples.ours),
          unit: '×',
          bar: 1,
          atLeast: true,
          peer: python.peer,
        },
      ]),
  { what: 'a tensor of 1 MiB in binary, there and back', value: median(samples.binary), unit: 'ms' },
  {
    what: 'the same over a body of 1 MiB of JSON (a fifth of the numbers)',
    value: ratio(samples.binary, samples.smallerJson),
    unit: '×',
    bar: 0.3,
  },
  { what: 'the same over the same tensor as JSON', value: ratio(samples.binary, samples.json), unit: '×' },
  {
    what: `a row of a large network in binary, ${many.connections} connections: requests per second over none joined`,
    value: ratio(samples.single, samples.joined),
    unit: '×',
    bar: 4,
    atLeast: true,
  },
  { what: 'the same, requests per second', value: 1000 / median(samples.joined), unit: '/s' },
]

endAll()
rmSync(folder, { recursive: true, force: true })
writeResult({
  name: 'serving-http',
  about: `Servers in processes of their own, load from another over connections that are kept. Milliseconds a request; each round has 2,000 requests of a row (${fewRequests} to Python's), 12 of a tensor, and 320 of the network; 15 interleaved rounds; load of the machine before: ${busy.toFixed(1)}.`,
  figures,
  samples: python === undefined ? { ...samples, python: [] } : samples,
})
