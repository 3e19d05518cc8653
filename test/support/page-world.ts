// A store, files and a registry with something of everything that the page shows, on disk, for a server to open.
import { join } from 'node:path'
import { fromRows, profile } from '../../src/data/index.js'
import { openArtifacts } from '../../src/operate/artifacts/index.js'
import { openRegistry } from '../../src/operate/registry/index.js'
import { openStore, type Store } from '../../src/operate/store/index.js'
import { houses, smallBundle } from './bundles.js'
import { seedStore } from './seed-store.js'

export interface PageWorld {
  readonly store: string
  readonly artifacts: string
  /** Runs, oldest first. */
  readonly runIds: readonly string[]
  /** The run with files, data, a parent and a registered version. */
  readonly fullRun: string
}

/** Rows whose price is known, for gates. */
export const judgingRows = houses(150, 1000).map(({ size, city, price }) => ({ size, city, price }))

/** Writes it all into a folder. */
export async function pageWorld(folder: string, runs: number, now: number): Promise<PageWorld> {
  const addresses = { store: join(folder, 'store.db'), artifacts: join(folder, 'artifacts') }
  await using store = await openStore(addresses.store)
  await using artifacts = await openArtifacts({ url: addresses.artifacts, store })
  const registry = await openRegistry({ store, artifacts })
  const runIds = await seedStore(store, { runs, columns: 12, now })
  const bundles = [
    await smallBundle(folder, 'first', { alpha: 300 }),
    await smallBundle(folder, 'better', { alpha: 0.01 }),
    await smallBundle(folder, 'worse', { alpha: 1e6 }),
  ]
  const made: string[] = []
  for (const [i, bundle] of bundles.entries()) {
    const runId = runIds.at(-1 - i)!
    made.push(runId)
    await artifacts.writeFolder(`runs/${runId}`, bundle, { folder: 'bundle' })
    await store.logging.batch(runId, {
      tags: { 'mlflow.source.git.commit': `0b5e${i}a77c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6` },
    })
    await logHouses(store, runId)
    await registry.register(
      'house-prices',
      { run: runId, path: 'bundle' },
      { description: `Ridge, try ${i + 1}` },
    )
  }
  await registry.promote('house-prices', { version: 1, note: 'The first one.' })
  await registry.setAlias('house-prices', 'challenger', 2)
  const fullRun = made[1]!
  await store.logging.batch(fullRun, {
    tags: { 'mlflow.parentRunId': made[0]!, 'mlflow.note.content': 'Better with less regularization.' },
  })
  for (const [path, contents] of Object.entries(files))
    await artifacts.write(`runs/${fullRun}`, path, contents)
  return { ...addresses, runIds, fullRun }
}

async function logHouses(store: Store, runId: string): Promise<void> {
  const rows = houses(400)
  // Some prices are not known: a profile says how many.
  const data = fromRows(
    rows.map(({ size, city, price }, i) => ({ size, city, price: i % 29 === 0 ? null : price })),
  )
  const found = await profile(data, { target: 'price' })
  const dataset = {
    name: 'houses',
    digest: '5f1c9e0a',
    sourceType: 'local',
    source: 'houses.csv',
    schema: JSON.stringify({ mlflow_colspec: data.fields.map(({ name, type }) => ({ name, type })) }),
    profile: JSON.stringify(found),
  }
  await store.inputs.log(runId, { datasets: [{ dataset, tags: { 'mlflow.data.context': 'training' } }] })
}

const plot = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  width: 320,
  height: 180,
  data: { values: [1, 2, 3, 4, 5].map((x) => ({ x, y: x ** 2 })) },
  mark: { type: 'line', point: true },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
  transform: [{ calculate: 'datum.y * 2', as: 'twice' }],
}

const files: Readonly<Record<string, string>> = {
  'report.html': `<!doctype html><title>Report</title><h1 style="font-family: sans-serif">Report</h1><p>Written by the training.</p>
<script>document.title = 'script ran'; parent.document.title = 'script ran'</script><img src="/api/v1/experiments" onerror="document.title='script ran'">`,
  'plots/errors.vl.json': JSON.stringify(plot),
  'plots/shape.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" rx="8" fill="teal"/></svg>',
  'predictions.csv': `size,city,price\n${houses(30)
    .map(({ size, city, price }) => `${size},"${city}, ""old""",${price}`)
    .join('\n')}`,
  'log.txt': 'epoch 1\nepoch 2\n',
  'environment.json': JSON.stringify({
    version: 1,
    user: 'ada',
    host: 'workstation',
    command: 'modelwright train houses.csv --target price',
    git: { commit: '0b5e1a77c1d2', branch: 'main', dirty: true },
    versions: { modelwright: '0.1.0', node: '20.19.0', packages: { vitest: '4.1.12' } },
    hardware: { processor: 'A processor', threads: 8, memory: 34_359_738_368, platform: 'linux x64' },
  }),
}
