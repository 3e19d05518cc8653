// One row from a request to a prediction, in process: ours over the bare runtime on the same graph, tensors included.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readTable, type Row } from 'modelwright/data'
import { type LoadedModel, loadModel } from 'modelwright/predict'
import { train } from 'modelwright/train'
import { type Figure, interleave, median, ratio, writeResult } from '../harness.js'

/** Calls per sample: some milliseconds, far above the resolution of the clock. */
const calls = 300
const source = 'examples/data/telco-churn.csv'
const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'))

const all = (await readTable(source)).names.filter((name) => name !== 'Churn')
const few = ['tenure', 'MonthlyCharges', 'Contract']

/** A graph that computes little, where every microsecond of ours shows, and a large one. */
const jobs = {
  'three columns': { prefer: 'simple', drop: all.filter((name) => !few.includes(name)) },
  'all columns': { prefer: 'best' },
} as const

/** The runtime alone, as its documentation shows: a tensor [1, 1] for each input, then `run`. */
async function bareCall(path: string, model: LoadedModel): Promise<(row: Row) => Promise<unknown>> {
  // The options of our own sessions: what is compared is the way to the runtime.
  const session = await InferenceSession.create(join(path, 'model.onnx'), {
    executionProviders: ['cpu'],
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
  const { inputs } = model.manifest.signature
  const isText = new Map(inputs.map(({ name, type }) => [name, type === 'string']))
  return async (row) => {
    const feeds: Record<string, Tensor> = {}
    for (const { name } of inputs) {
      feeds[name] = isText.get(name)
        ? new Tensor('string', [row[name] as string], [1, 1])
        : new Tensor('float64', Float64Array.of(row[name] as number), [1, 1])
    }
    return (await session.run(feeds))['prediction']!.data[0]
  }
}

async function microseconds(call: (row: Row) => Promise<unknown>, rows: readonly Row[]): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < calls; i++) await call(rows[i % rows.length]!)
  return ((performance.now() - start) / calls) * 1000
}

/** What a request would bring: numbers as numbers, text as text, yes/no as the bare runtime wants it. */
async function requestRows(model: LoadedModel): Promise<{ ours: Row[]; bare: Row[] }> {
  const table = (await readTable(source)).slice(0, 100)
  const ours = table.toRows().map((row) => ({ ...row, TotalCharges: row['TotalCharges'] ?? 0 }))
  const booleans = model.manifest.signature.inputs.filter(({ type }) => type === 'boolean')
  const bare = ours.map(
    (row) =>
      Object.assign(
        { ...row },
        ...booleans.map(({ name }) => ({ [name]: Number((row as Row)[name]) })),
      ) as Row,
  )
  return { ours, bare }
}

async function measure(
  name: string,
  path: string,
): Promise<{ figures: Figure[]; samples: Record<string, number[]> }> {
  await using model = await loadModel(path, { engine: 'native' })
  const bare = await bareCall(path, model)
  const rows = await requestRows(model)
  const samples = await interleave(
    {
      bare: () => microseconds(bare, rows.bare),
      ours: () => microseconds(model.predictRow, rows.ours),
    },
    { repeats: 31, warmup: 5 },
  )
  return {
    figures: [
      {
        what: `${name}, over the bare call`,
        value: ratio(samples.ours, samples.bare),
        unit: '×',
        bar: 1.3,
        peer: 'onnxruntime-node 1.30',
      },
      { what: `${name}, one row`, value: median(samples.ours), unit: 'µs' },
    ],
    samples: { [`${name}: ours`]: samples.ours, [`${name}: bare`]: samples.bare },
  }
}

try {
  const results = []
  for (const [name, options] of Object.entries(jobs)) {
    const out = join(folder, name)
    const { result } = await train({ source, target: 'Churn', time: 20, out, ...options })
    results.push(await measure(`${name}: ${result.model}`, out))
  }
  writeResult({
    name: 'predict-row',
    about: `predictRow of a loaded bundle against the bare runtime on the same graph, both from a row object; microseconds per call, ${calls} calls a sample, 31 interleaved samples.`,
    figures: results.flatMap(({ figures }) => figures),
    samples: Object.assign({}, ...results.map(({ samples }) => samples)) as Record<string, number[]>,
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
