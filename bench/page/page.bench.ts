// The page in a browser: from its address to the first rows of ten thousand runs with two hundred columns each.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { interleave, median, writeResult } from '../harness.js'
import { startServer } from '../ui-server.js'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
if (executablePath === undefined) {
  console.error('There is no Chromium to look at the page with.')
  process.exit(2)
}

const { openStore } = (await import(
  pathToFileURL(join(process.cwd(), 'dist/operate/store/index.js')).href
)) as typeof import('../../dist/operate/store/index.js')

const folder = mkdtempSync(join(tmpdir(), 'modelwright-page-'))
const storePath = join(folder, 'store.db')
const runs = { few: 100, many: 10_000 }
const columns = 100

/** Runs with a hundred parameters and a hundred metrics each, of one experiment. */
async function addRuns(name: string, count: number): Promise<string> {
  await using store = await openStore(storePath)
  const { experimentId } = await store.experiments.create({ name })
  const indices = Array.from({ length: columns }, (_, i) => i)
  for (let i = 0; i < count; i++) {
    const { runId } = await store.runs.create({ experimentId, name: `${name}-${i}`, startTime: i })
    await store.logging.batch(runId, {
      params: Object.fromEntries(indices.map((j) => [`param_${j}`, String(i * j)])),
      metrics: indices.map((j) => ({ key: `metric_${j}`, value: Math.sin(i + j), step: 0, timestamp: i })),
    })
    await store.runs.update(runId, { status: 'FINISHED', endTime: i + 1000 })
  }
  return experimentId
}

/** Milliseconds from the address to rows, in a browser that has seen nothing of the page. */
async function firstRows(browser: Browser, address: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const start = performance.now()
  await page.goto(address, { waitUntil: 'commit' })
  await page.waitForSelector('.run-link')
  const time = performance.now() - start
  await context.close()
  return time
}

const few = await addRuns('few', runs.few)
const many = await addRuns('many', runs.many)
const load = loadavg()[0]!
const { url, server } = await startServer(storePath)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const open = (experiment: string) => () => firstRows(browser, `${url}/ui/runs?experiments=${experiment}`)
  const samples = await interleave({ few: open(few), many: open(many) }, { repeats: 15, warmup: 2 })
  writeResult({
    name: 'page',
    about: `The table of runs in Chromium ${browser.version()}, without a cache: from the address to the first rows, beside the same for 100 runs. Browser, page and server share the cores. Load of the machine before: ${load.toFixed(1)}.`,
    figures: [
      {
        what: '10,000 runs × 200 columns: first rows',
        value: median(samples.many),
        unit: 'ms',
        bar: 1000,
      },
      { what: '100 runs × 200 columns: first rows', value: median(samples.few), unit: 'ms' },
    ],
    samples,
  })
} finally {
  await browser.close()
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}
