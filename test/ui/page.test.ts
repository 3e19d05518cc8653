// The page as people use it: the program in a process of its own, a real store that this process writes to, and Chromium.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore, type Store } from '../../src/operate/store/index.js'
import { browserReason, hasBrowser, startBrowser } from '../support/browser.js'
import { judgingRows, type PageWorld, pageWorld } from '../support/page-world.js'
import { served } from '../support/served.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Milliseconds that anything may take to appear on a machine that does much else; nothing waits so long when all is well. */
const patience = 20_000
// Newest runs in the middle of a day, so that nothing depends on when the test runs.
const now = Date.parse('2026-03-02T12:00:00Z')

describe.skipIf(!hasBrowser)(`the page in a browser${browserReason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-page-'))
  const complaints: string[] = []
  let browser: Browser
  let world: PageWorld
  let store: Store
  let url = ''

  beforeAll(async () => {
    world = await pageWorld(folder, 260, now)
    store = await openStore(world.store)
    const models = ['--serve', 'house-prices@champion', 'house-prices@challenger']
    const homes = ['--store', world.store, '--artifacts', world.artifacts, '--cache', join(folder, 'cache')]
    const [server, started] = await Promise.all([
      served(['ui', '--port', '0', ...homes, ...models]),
      startBrowser(),
    ])
    url = server.url
    browser = started
    // Models are fitted, a browser and a server start.
  }, 3 * patience)

  afterAll(async () => {
    await browser?.close()
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
    page.setDefaultTimeout(patience)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (/Content.Security.Policy|unsafe-eval/i.test(message.text())) complaints.push(message.text())
    })
    await page.goto(`${url}/ui${path}`)
    return page
  }

  const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
  const firstRun = (page: Page) => page.locator('.run-link').first()

  test('filters, sorts, groups and says what is wrong with a filter; the address holds it all', async () => {
    const page = await open('/runs')
    await page.getByText('260 runs, 200 loaded').waitFor()
    const filter = page.getByRole('textbox', { name: 'Filter runs' })
    await filter.fill("params.model = 'mlp' and metrics.r2 > 0.7")
    await filter.press('Enter')
    await page.getByText(/of 260 runs match/).waitFor()
    await page.getByRole('columnheader', { name: /r2/ }).getByRole('button').first().click()
    await expect.poll(() => page.url()).toContain('order=metrics.r2')
    await page.locator('[role=columnheader][aria-sort=descending]').filter({ hasText: 'r2' }).waitFor()
    await page.locator('[role=grid][aria-busy=false]').waitFor()
    const best = await firstRun(page).innerText()
    const again = await open(new URL(page.url()).href.slice(`${url}/ui`.length))
    await again.getByText(/of 260 runs match/).waitFor()
    await again.locator('[role=grid][aria-busy=false]').waitFor()
    expect(await firstRun(again).innerText()).toBe(best)
    await again.getByRole('button', { name: 'Group' }).click()
    await again.getByRole('menuitem', { name: 'features' }).click()
    await again.locator('.is-group').first().waitFor()
    await filter.fill('metrics.r2 >')
    await filter.press('Enter')
    await page.getByText('The filter cannot be read').waitFor()
    await page.close()
    await again.close()
  })

  test('a run appears, and its curve grows, while another process logs it', async () => {
    const page = await open('/runs')
    await page.getByText('Live', { exact: true }).waitFor()
    const { runId } = await store.runs.create({
      experimentId: '0',
      name: 'live-one',
      startTime: now + 60_000,
    })
    await store.logging.batch(runId, {
      metrics: [0, 1].map((step) => ({ key: 'loss', value: 2 - step, step, timestamp: now + step })),
    })
    await row(page, 'live-one').getByText('Running').waitFor()
    await page.goto(`${url}/ui/runs/${runId}?tab=curves`)
    const chart = page.getByRole('group', { name: /^loss: 2 points, the last 1\b/ })
    await chart.waitFor()
    await store.logging.batch(runId, { metrics: [{ key: 'loss', value: 0.25, step: 2, timestamp: now + 9 }] })
    await page.getByRole('group', { name: /^loss: 3 points, the last 0\.25/ }).waitFor()
    await store.runs.update(runId, { status: 'FINISHED', endTime: now + 99_000 })
    await page.getByText('Finished').waitFor()
    await store.runs.delete(runId)
    await page.close()
  })

  test('a run shows its files in places where they can do no harm, and keeps its note', async () => {
    const page = await open(`/runs/${world.fullRun}?tab=report`)
    await page.frameLocator('iframe').getByText('Written by the training').waitFor()
    expect(await page.title()).not.toContain('script ran')
    await page.getByRole('tab', { name: 'Artifacts' }).click()
    await page.getByRole('button', { name: 'plots' }).click()
    await page.getByRole('button', { name: /errors\.vl\.json/ }).click()
    await page.locator('svg .mark-line').first().waitFor()
    await page.getByRole('button', { name: /predictions\.csv/ }).click()
    await page
      .getByRole('cell', { name: /, "old"$/ })
      .first()
      .waitFor()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('textbox', { name: 'Note' }).fill('Seen by a person.')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Edit' }).waitFor()
    await page.getByText('Seen by a person.').waitFor()
    expect((await store.runs.get(world.fullRun)).tags['mlflow.note.content']).toBe('Seen by a person.')
    await page.getByRole('tab', { name: 'Lineage' }).click()
    await page.getByRole('link', { name: /houses/ }).click()
    await page.getByRole('heading', { name: 'Columns' }).waitFor()
    await page.close()
  })

  test('keys alone select runs and compare them', async () => {
    const page = await open('/runs')
    await firstRun(page).waitFor()
    await page.getByRole('grid', { name: 'Runs' }).focus()
    for (const key of [' ', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key)
    await page.getByText('3 runs selected').waitFor()
    // From the table to what can be done with what is selected.
    await page.getByRole('link', { name: 'Compare' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Compare 3 runs' }).waitFor()
    await page.getByRole('group', { name: /^train_loss: 3 curves/ }).waitFor()
    await page.getByRole('tab', { name: 'Curves' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('img', { name: /^Parallel coordinates of 3 runs/ }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('img', { name: /of 3 runs$/ }).waitFor()
    await page.goto(`${page.url().split('&tab')[0]}&tab=table`)
    const option = page.getByRole('row').filter({ hasText: 'team' })
    await option.waitFor()
    await page.getByRole('switch', { name: 'Only what differs' }).focus()
    await page.keyboard.press('Space')
    await page
      .getByText(/lines? left out/)
      .first()
      .waitFor()
    expect(page.url()).toContain('diff=1')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search everything' }).fill('serv')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Serving' }).waitFor()
    await page.close()
  })

  test('the gate refuses the worse version, lets the better one through, and can be rolled back', async () => {
    const page = await open('/models/house-prices?version=3')
    const promote = async (rows: boolean): Promise<void> => {
      await page.getByRole('button', { name: 'Promote', exact: true }).click()
      if (rows) {
        await page.getByText('Judge on other rows').click()
        await page.getByRole('textbox', { name: /Rows with their target/ }).fill(JSON.stringify(judgingRows))
      }
      await page.getByRole('dialog').getByRole('button', { name: 'Promote', exact: true }).click()
    }
    await promote(true)
    await page.getByRole('dialog').getByText('Refused', { exact: true }).waitFor()
    await page.getByRole('img', { name: /^Gain in rmse/ }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: /@challenger/ }).click()
    await promote(true)
    await page.getByText('@champion → 2').waitFor()
    await page.getByRole('button', { name: 'Roll @champion back' }).click()
    await page.getByRole('button', { name: 'Roll back', exact: true }).click()
    await page.getByText('@champion → 1').waitFor()
    await page.getByRole('tab', { name: 'What happened' }).click()
    await page.getByText('The gate refused version 3').waitFor()
    await page.getByRole('tab', { name: 'Difference' }).click()
    await page.getByText('Compatible').first().waitFor()
    await page.close()
  })

  test('a form made from the signature predicts, and the request is counted', async () => {
    const page = await open('/serving')
    await page.getByRole('textbox', { name: 'size' }).fill('5e1')
    await page.getByRole('textbox', { name: 'city' }).fill('Bern')
    await page.getByRole('button', { name: 'Predict' }).click()
    await page.locator('output').waitFor()
    expect(Number(await page.locator('output').innerText())).toBeGreaterThan(50)
    await page.getByRole('button', { name: /1 request/ }).waitFor()
    // Small bundles carry nothing to explain with: what the server says of that is what one reads.
    await page.getByRole('switch', { name: 'Explain' }).click()
    await page.getByRole('button', { name: 'Predict' }).click()
    await page
      .getByRole('alert')
      .getByText(/no rows of training to compare with/)
      .waitFor()
    await page.close()
  })

  test('light and dark are what the system says until one chooses, and the choice stays', async () => {
    const page = await open('/runs', { colorScheme: 'dark' })
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const dark = await ground()
    await page.getByRole('button', { name: 'Light or dark' }).click()
    await page.getByRole('menuitem', { name: 'Light' }).click()
    await expect.poll(ground).not.toBe(dark)
    const light = await ground()
    await page.reload()
    expect(await ground()).toBe(light)
    await page.close()
  })

  /** Goes from page to page by the address alone, so that the page is loaded once. */
  async function visit(page: Page, path: string, ready: string): Promise<void> {
    await page.evaluate(`history.pushState(null, '', ${JSON.stringify(`/ui${path}`)})`)
    await page.locator(ready).first().waitFor()
  }

  /** What axe calls serious or critical, in words. */
  async function faults(page: Page, path: string, options = ''): Promise<string[]> {
    const violations = await page.evaluate<readonly Violation[]>(
      `axe.run({ resultTypes: ['violations'], ${options} }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.slice(0, 3).map(({ html }) => html) })))`,
    )
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, where }) => `${path}: ${id} at ${where.join(' ')}`)
  }

  const pages = (): Readonly<Record<string, string>> => ({
    '/runs?filter=oops': '.empty',
    '/runs': '.run-link',
    [`/runs/${world.fullRun}`]: '.table',
    [`/runs/${world.fullRun}?tab=curves`]: '.chart',
    [`/runs/${world.fullRun}?tab=artifacts&path=log.txt`]: '.preview-text',
    [`/runs/${world.fullRun}?tab=lineage`]: '.graph',
    [`/runs/${world.fullRun}?tab=environment`]: '.facts',
    [`/compare?runs=${world.runIds.slice(-3).join(',')}&tab=table`]: '.compare',
    [`/compare?runs=${world.runIds.slice(-3).join(',')}&tab=parallel`]: '.parallel',
    '/models': '.table',
    '/models/house-prices': '.versions',
    '/models/house-prices?tab=events': '.events',
    '/serving': '.try',
    '/data': '.table',
    '/data/1': '.profile',
    '/nowhere': '.empty',
    '/runs?order=bogus': '.empty',
    '/compare?runs=nobody': '.empty',
    '/models/nobody': '.failure',
  })

  test(
    'axe finds nothing serious on any page, and no page is wider than a telephone',
    async () => {
      const found: string[] = []
      // As wide as a telephone and as high as it takes to see what is there; axe looks at each cell of the table.
      const page = await open('/nowhere', { viewport: { width: 390, height: 700 } })
      await page.evaluate(axe)
      for (const [path, ready] of Object.entries(pages())) {
        await visit(page, path, ready)
        found.push(...(await faults(page, path)))
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (overflow > 0) found.push(`${path} is ${overflow} pixels wider than a telephone`)
      }
      await visit(page, '/runs', '.run-link')
      await page.getByRole('button', { name: 'Group' }).first().click()
      await page.getByRole('menuitem').first().waitFor()
      found.push(...(await faults(page, 'the menu of groups')))
      expect(found).toEqual([])
      await page.close()
    },
    6 * patience,
  )

  test(
    'text on dark ground has contrast',
    async () => {
      const found: string[] = []
      const page = await open('/nowhere', { viewport: { width: 1280, height: 500 }, colorScheme: 'dark' })
      await page.evaluate(axe)
      for (const [path, ready] of Object.entries(pages())) {
        await visit(page, path, ready)
        found.push(...(await faults(page, path, "runOnly: ['color-contrast']")))
      }
      expect(found).toEqual([])
      await page.close()
    },
    6 * patience,
  )

  test('nothing failed on the way, and nothing was evaluated', () => {
    expect(complaints).toEqual([])
  })
})

interface Violation {
  readonly id: string
  readonly impact: string
  readonly where: readonly string[]
}
