// Serving without a network: what it adds to a bare call of the runtime from the same process, and what joining requests gains.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node'
import { type Field, readTable, type Row } from 'modelwright/data'
import { createInferenceService, type InferenceService } from 'modelwright/serve'
import { train } from 'modelwright/train'
import { type Figure, interleave, median, ratio, writeResult } from '../harness.js'
import { denseNetwork, width } from './network.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-serve-core-'))
const source = 'examples/data/telco-churn.csv'
const callers = 64
const load = loadavg()[0]!

const openBare = (path: string): Promise<InferenceSession> =>
  InferenceSession.create(path, {
    executionProviders: ['cpu'],
    logSeverityLevel: 4,
    // As in our sessions: what is compared is the way to the runtime.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })

/** Milliseconds for one call, the median of so many one after the other: other work of the machine interrupts some of them. */
async function each(call: (i: number) => Promise<unknown>, calls: number): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < calls; i++) {
    const start = performance.now()
    await call(i)
    times.push(performance.now() - start)
  }
  return median(times)
}

/** Milliseconds for one of so many calls, from many callers that wait for nobody but themselves. */
async function together(call: () => Promise<unknown>, calls: number): Promise<number> {
  const start = performance.now()
  let left = calls
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return (performance.now() - start) / calls
}

/** One row of a trained bundle, from a row object to its probabilities. */
async function bundleFigures(): Promise<{ figures: Figure[]; samples: Record<string, number[]> }> {
  const path = join(folder, 'churn')
  const { result } = await train({ source, target: 'Churn', time: 40, out: path, prefer: 'best' })
  const { inputs } = (
    JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as { signature: { inputs: Field[] } }
  ).signature
  const table = (await readTable(source)).slice(0, 100)
  const rows = table.toRows().map((row) => ({ ...row, TotalCharges: row['TotalCharges'] ?? 0 }) as Row)
  const session = await openBare(join(path, 'model.onnx'))
  const feedsOf = (row: Row): Record<string, RuntimeTensor> =>
    Object.fromEntries(
      inputs.map(({ name, type }) => [
        name,
        type === 'string'
          ? new RuntimeTensor('string', [row[name] as string], [1, 1])
          : new RuntimeTensor('float64', Float64Array.of(Number(row[name])), [1, 1]),
      ]),
    )
  const service = await createInferenceService({ sources: [path] })
  const to = { model: 'churn' }
  const [{ placement } = { placement: undefined }] = service.describe('churn')
  const calls = 300
  const samples = await interleave(
    {
      bare: () => each((i) => session.run(feedsOf(rows[i % 100]!)), calls),
      ours: () => each((i) => service.predictRows(to, [rows[i % 100]!]), calls),
      bareMany: () => together(() => session.run(feedsOf(rows[0]!)), calls),
      oursMany: () => together(() => service.predictRows(to, [rows[0]!]), calls),
    },
    { repeats: 31, warmup: 5 },
  )
  await service.close()
  return {
    figures: [
      {
        what: `a row of a bundle (${result.model}, in a ${placement}), over the bare call`,
        value: ratio(samples.ours, samples.bare),
        unit: '×',
        bar: 1.5,
        peer: 'onnxruntime-node 1.30',
      },
      { what: 'the same, one call', value: 1000 * median(samples.ours), unit: 'µs' },
      {
        what: `the same, ${callers} callers: requests per second over bare calls`,
        value: ratio(samples.bareMany, samples.oursMany),
        unit: '×',
      },
    ],
    samples: { 'bundle: bare': samples.bare, 'bundle: ours': samples.ours },
  }
}

/** A network that likes batches: its weights are read once for many rows. */
async function networkFigures(): Promise<{ figures: Figure[]; samples: Record<string, number[]> }> {
  const path = join(folder, 'network.onnx')
  writeFileSync(path, denseNetwork())
  const session = await openBare(path)
  const input = (rows: number) => new Float32Array(rows * width).map((_, i) => Math.sin(i))
  const bare = (rows: number) => {
    const data = input(rows)
    return () => session.run({ x: new RuntimeTensor('float32', data, [rows, width]) })
  }
  const open = (maxBatch: number): Promise<InferenceService> =>
    createInferenceService({ sources: [path], batching: { maxBatch } })
  const joined = await open(64)
  const single = await open(1)
  const [{ placement } = { placement: undefined }] = joined.describe('network')
  const data = input(1)
  const ask = (service: InferenceService) => () =>
    service.predictTensors({ model: 'network' }, { x: { type: 'float32', dims: [1, width], data } })
  const samples = await interleave(
    {
      bare: () => each(bare(1), 60),
      ours: () => each(ask(joined), 60),
      // Milliseconds for a row.
      bareBatch: async () => (await each(bare(64), 10)) / 64,
      joined: () => together(ask(joined), 640),
      single: () => together(ask(single), 320),
    },
    { repeats: 15, warmup: 2 },
  )
  await joined.close()
  await single.close()
  const gain = ratio(samples.single, samples.joined)
  return {
    figures: [
      {
        what: `a row of a large network (in a ${placement}), over the bare call`,
        value: ratio(samples.ours, samples.bare),
        unit: '×',
        bar: 1.5,
        peer: 'onnxruntime-node 1.30',
      },
      { what: 'the same, one call', value: 1000 * median(samples.ours), unit: 'µs' },
      {
        what: `joining requests of ${callers} callers: requests per second over none joined`,
        value: gain,
        unit: '×',
        bar: 4,
        atLeast: true,
      },
      {
        what: 'the same, as a share of what the runtime gains by batches of 64',
        value: gain / ratio(samples.bare, samples.bareBatch),
        unit: '',
        bar: 0.6,
        atLeast: true,
        peer: 'onnxruntime-node 1.30',
      },
    ],
    samples: {
      'network: bare': samples.bare,
      'network: ours': samples.ours,
      'network: joined': samples.joined,
      'network: single': samples.single,
      'network: bare batch, a row': samples.bareBatch,
    },
  }
}

try {
  const bundle = await bundleFigures()
  const network = await networkFigures()
  writeResult({
    name: 'serve-core',
    about: `createInferenceService called from the same process, beside the bare runtime on the same graph with the same session options; ${availableParallelism()} cores, load average before the start ${load.toFixed(1)}. Milliseconds per request in the samples.`,
    figures: [...bundle.figures, ...network.figures],
    samples: { ...bundle.samples, ...network.samples },
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
