// The page with what people and programs put into a store that no one thought of: odd names, odd numbers, old links, a server that goes.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openArtifacts } from '../../src/operate/artifacts/index.js'
import { openRegistry } from '../../src/operate/registry/index.js'
import { openStore, type Store } from '../../src/operate/store/index.js'
import { browserReason, hasBrowser, startBrowser } from '../support/browser.js'
import { smallBundle } from '../support/bundles.js'
import { served, type ServedProgram } from '../support/served.js'

const patience = 20_000
const now = Date.parse('2026-03-02T12:00:00Z')
const script = `<img src=x onerror="document.title='ran'"><script>document.title='ran'</script>`
const long = 'averyverylongname'.repeat(15).slice(0, 250)

describe.skipIf(!hasBrowser)(`the page and what nobody thought of${browserReason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-hostile-'))
  const home = join(folder, 'store.db')
  const artifactsHome = join(folder, 'artifacts')
  const complaints: string[] = []
  const runs: Record<string, string> = {}
  let browser: Browser
  let context: BrowserContext
  let store: Store
  let server: ServedProgram
  let port = 0

  const start = (...more: string[]): Promise<ServedProgram> =>
    served(['ui', '--port', String(port), '--store', home, '--artifacts', artifactsHome, ...more])

  beforeAll(async () => {
    store = await openStore(home)
    Object.assign(runs, await oddRuns(store, folder))
    port = await freePort()
    const [started, listening] = await Promise.all([startBrowser(), start()])
    browser = started
    server = listening
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    // A bundle is fitted, a browser and a server start.
  }, 3 * patience)

  afterAll(async () => {
    await browser?.close()
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(path: string, from = context): Promise<Page> {
    const page = await from.newPage()
    page.setDefaultTimeout(patience)
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`${server.url}/ui${path}`)
    return page
  }

  const firstRun = (page: Page) => page.locator('.run-link').first()

  test('an address holds percent signs, a selection, no columns at all, and an order that there is not', async () => {
    const asked: string[] = []
    const listen = (request: { url(): string }): void => void asked.push(new URL(request.url()).pathname)
    context.on('request', listen)
    const page = await open('/runs')
    await firstRun(page).waitFor()
    context.off('request', listen)
    // The table's first question is on its way before the program runs, and is not asked twice.
    const questions = asked.filter((path) => path.startsWith('/api/'))
    expect(questions[0]).toBe('/api/v1/runs/columns')
    expect(questions.filter((path) => path === questions[0])).toHaveLength(1)
    const filter = page.getByRole('textbox', { name: 'Filter runs' })
    await filter.fill("attributes.run_name LIKE '%add%'")
    await filter.press('Enter')
    await page.getByText('1 of 106 runs match').waitFor()
    await page.reload()
    await page.getByText('1 of 106 runs match').waitFor()
    expect(await filter.inputValue()).toBe("attributes.run_name LIKE '%add%'")

    await page.goto(`${server.url}/ui/runs?columns=`)
    await firstRun(page).waitFor()
    await page.getByRole('grid', { name: 'Runs' }).focus()
    for (const key of [' ', 'Shift+ArrowDown']) await page.keyboard.press(key)
    await page.getByText('2 runs selected').waitFor()
    await page.reload()
    await page.getByText('2 runs selected').waitFor()
    await firstRun(page).click()
    await page.getByRole('tab', { name: 'Curves' }).waitFor()
    await page.goBack()
    await page.getByText('2 runs selected').waitFor()

    await page.goto(`${server.url}/ui/runs?order=bogus`)
    await page.getByText(/Cannot read the order_by 'bogus'/).waitFor()
    await page.getByRole('button', { name: 'Newest first' }).click()
    await firstRun(page).waitFor()
    await page.close()
  })

  test('links lead where they say: to a curve, to a difference, to a model with a percent sign', async () => {
    const page = await open(`/runs/${runs['odd']}`)
    await page.getByRole('link', { name: 'lonely' }).click()
    await page.getByRole('group', { name: /^lonely: 3 points/ }).waitFor()
    await page.goto(`${server.url}/ui/models`)
    await page.getByRole('link', { name: '100%25 sure?' }).click()
    await page.getByRole('heading', { name: '100%25 sure?' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: '100%25 sure?' }).waitFor()
    await page.getByRole('link', { name: 'Against the champion' }).click()
    await page.getByText('Compatible').first().waitFor()
    await page.goto(`${server.url}/ui/models/100%25ff`)
    await page
      .getByRole('alert')
      .getByText(/'100%ff'/)
      .waitFor()
    await page.close()
  })

  test('points between gaps are drawn, and a curve without any number says so', async () => {
    const page = await open(`/runs/${runs['odd']}?tab=curves`)
    const inked = async (name: string): Promise<number> => {
      await page.getByRole('group', { name: new RegExp(`^${name}:`) }).waitFor()
      // Blue is the color of the first run; axes and their texts are gray.
      return page.evaluate<number>(`(() => {
        const canvas = document.querySelector('.chart[aria-label^="${name}:"] canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        let found = 0
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 100 && data[i + 2] - data[i] > 60) found++
        return found
      })()`)
    }
    await expect.poll(() => inked('lonely'), { timeout: patience }).toBeGreaterThan(10)
    expect(await inked('nothing')).toBe(0)
    await page.close()
  })

  test('no name, note, tag or file runs, and none is too long for its place', async () => {
    const page = await open(`/runs/${runs['script']}`)
    await page.getByRole('heading', { name: script }).waitFor()
    for (const file of ['page.html', 'picture.svg', 'text.md', 'wide.csv']) {
      await page.goto(`${server.url}/ui/runs/${runs['script']}?tab=artifacts&path=${file}`)
      await page.locator('.preview-frame, .preview-picture, .preview-text, .table').first().waitFor()
      expect(await page.title()).toBe(`${script} · Modelwright`)
    }
    await page.getByText('The first 60 of 500 columns').waitFor()
    await page.goto(`${server.url}/ui/runs/${runs['script']}?tab=artifacts&path=numbers.json`)
    await page.getByText('12345678901234567890').waitFor()
    await page.goto(`${server.url}/ui/runs/${runs['script']}?tab=artifacts&path=broken.png`)
    await page.getByText('no picture that a browser can show').waitFor()
    for (const path of [`/runs/${runs['long']}`, `/compare?tab=table&runs=${runs['long']},${runs['odd']}`]) {
      await page.goto(`${server.url}/ui${path}`)
      await page.locator('.table').first().waitFor()
      const wider = await page.evaluate<string[]>(
        `[...document.querySelectorAll('.section, .chosen li, .page')].filter((element) => element.scrollWidth > element.clientWidth + 1).map(({ className }) => className)`,
      )
      expect(wider).toEqual([])
    }
    await page.close()
  })

  test('a hundred runs can be compared, and none', async () => {
    const page = await open(`/compare?runs=${runs['hundred']}`)
    await page.getByRole('heading', { name: 'Compare 100 runs' }).waitFor()
    await page.locator('.chart-card').nth(11).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.goto(`${server.url}/ui/compare?runs=a,b`)
    await page.getByText('None of these runs can be found').waitFor()
    await page.close()
  })

  test('what is hidden holds no connection, and what comes back has missed nothing', async () => {
    const page = await open('/runs')
    await page.getByText('Live', { exact: true }).waitFor()
    const hide = (hidden: boolean): Promise<void> =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} })
        document.dispatchEvent(new Event('visibilitychange'))`)
    const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/v1/live'))
    await hide(true)
    await ended
    const { runId } = await store.runs.create({
      experimentId: '0',
      name: 'while-hidden',
      startTime: now + 9e6,
    })
    await hide(false)
    await page.getByText('while-hidden').waitFor()
    await store.runs.delete(runId)
    await page.close()
  })

  test('a server that goes is missed by name, a part that could not be loaded comes once it is back', async () => {
    const page = await open('/runs')
    await page.getByText('Live', { exact: true }).waitFor()
    await firstRun(page).waitFor()
    server.child.kill('SIGKILL')
    await server.ended
    await page.getByText('Not live').waitFor()
    await page.getByRole('link', { name: 'Data', exact: true }).click()
    await page.getByText('This part of the page could not be loaded').waitFor()
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await firstRun(page).waitFor()
    await page.getByRole('link', { name: 'Data', exact: true }).click()
    await page.getByText('This part of the page could not be loaded').waitFor()
    const { runId } = await store.runs.create({ experimentId: '0', name: 'meanwhile', startTime: now + 9e6 })
    server = await start()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('No data yet').waitFor()
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByText('meanwhile').waitFor()
    await store.runs.delete(runId)
    await page.close()
  })

  test('a key is asked for; one that only reads reads, and hears what it may not', async () => {
    const { key } = await store.keys.create({ name: 'reader', scopes: ['read'] })
    server.child.kill('SIGTERM')
    await server.ended
    server = await start()
    const guarded = await browser.newContext()
    // Each page asks for itself.
    for (const path of ['/runs', '/models', '/serving', '/data']) {
      const page = await open(path, guarded)
      await page.getByLabel('API key', { exact: true }).waitFor()
      await page.close()
    }
    const page = await open(`/runs/${runs['odd']}`, guarded)
    const box = page.getByLabel('API key', { exact: true })
    await box.fill('mw_another')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.locator('[id$=error]').waitFor()
    await box.fill(key)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('textbox', { name: 'Name of a new tag' }).fill('kept')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('alert').getByText(/write/).waitFor()
    // What was written is still there for who gets another key.
    expect(await page.getByRole('textbox', { name: 'Name of a new tag' }).inputValue()).toBe('kept')
    await page.getByRole('button', { name: 'Logged in as reader' }).click()
    await page.getByRole('menuitem', { name: /Log out/ }).click()
    await box.waitFor()
    await guarded.close()
  })

  test('nothing failed on the way', () => {
    expect(complaints).toEqual([])
  })
})

async function oddRuns(store: Store, folder: string): Promise<Record<string, string>> {
  await using artifacts = await openArtifacts({ url: join(folder, 'artifacts'), store })
  let started = now
  const begin = async (name: string): Promise<string> =>
    (await store.runs.create({ experimentId: '0', name, startTime: (started += 1000) })).runId
  const points = (key: string, values: readonly number[]) =>
    values.map((value, step) => ({ key, value, step, timestamp: now + step }))
  const hundred: string[] = []
  for (let i = 0; i < 100; i++) {
    const runId = await begin(`one-of-many-${i}`)
    hundred.push(runId)
    const metrics = Array.from({ length: 12 }, (_, j) => points(`score-${j}`, [i, i + j])).flat()
    await store.logging.batch(runId, { metrics })
  }
  const odd = await begin('odd')
  await store.logging.batch(odd, {
    metrics: [...points('lonely', [NaN, 5, NaN]), ...points('nothing', [NaN, Infinity])],
  })
  await begin('an-address')
  const named = { params: { [long]: long }, tags: { [long]: long } }
  const longRun = await begin(long)
  await store.logging.batch(longRun, { ...named, metrics: points(long, [1, 2]) })
  const marked = { params: { [script]: script }, tags: { [script]: script, 'mlflow.note.content': script } }
  const scriptRun = await begin(script)
  await store.logging.batch(scriptRun, { ...marked, metrics: points(script, [1, 2]) })
  const columns = Array.from({ length: 500 }, (_, i) => `c${i}`).join()
  const files = {
    'page.html': `${script}<a href="javascript:top.document.title='ran'" target="_top">x</a>`,
    'picture.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="document.title='ran'"><script>document.title='ran'</script></svg>`,
    'text.md': `[x](javascript:alert(1)) ${script}`,
    'wide.csv': `${columns}\n${columns}\n`,
    'numbers.json': '{"id":12345678901234567890}',
    'broken.png': 'no picture',
  }
  for (const [path, contents] of Object.entries(files))
    await artifacts.write(`runs/${scriptRun}`, path, contents)
  const registry = await openRegistry({ store, artifacts })
  const bundle = await smallBundle(folder, 'bundle')
  for (let i = 0; i < 2; i++) await registry.register('100%25 sure?', bundle)
  await registry.setAlias('100%25 sure?', 'champion', 1)
  await begin('negative')
  await begin('last')
  return { odd, long: longRun, script: scriptRun, hundred: hundred.join() }
}

/** One that stays the same when the server comes back. */
async function freePort(): Promise<number> {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as { readonly port: number }
  await new Promise((resolve) => holder.close(resolve))
  return port
}
