// The report in a real browser, where one is installed: nothing requested, nothing complained of, everything there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserReason, hasBrowser, startBrowser } from '../../../test/support/browser.js'
import { type Report, renderReport } from './index.js'

describe.skipIf(!hasBrowser)(`the report in a browser${browserReason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-report-'))
  let browser: Browser

  beforeAll(async () => {
    browser = await startBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(['binary', 'multiclass', 'regression'])(
    'shows a %s report on a wide and on a narrow screen',
    async (name) => {
      const report = JSON.parse(
        readFileSync(new URL(`../../../test/fixtures/report-${name}.json`, import.meta.url), 'utf8'),
      ) as Report
      const file = join(folder, `${name}.html`)
      writeFileSync(file, await renderReport(report))
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('request', (request) => {
        if (request.url() !== pathToFileURL(file).href) complaints.push(`requested ${request.url()}`)
      })
      for (const width of [1200, 400]) {
        await page.setViewportSize({ width, height: 900 })
        await page.goto(pathToFileURL(file).href)
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        expect(overflow).toBe(0)
      }
      expect(complaints).toEqual([])
      expect(await page.locator('section h2').count()).toBeGreaterThanOrEqual(11)
      for (const figure of await page.locator('figure svg').all()) {
        expect((await figure.boundingBox())!.height).toBeGreaterThan(50)
      }
      await page.close()
    },
  )

  it.each(['light', 'dark'] as const)('has text of contrast AA in %s', async (colorScheme) => {
    const file = join(folder, 'binary.html')
    const page = await browser.newPage({ colorScheme })
    await page.goto(pathToFileURL(file).href)
    const ratios = await page.evaluate<number[]>(`(() => {
      const read = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()
      const light = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
      const ratio = (a, b) => { const [x, y] = [light(read(a)), light(read(b))]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05) }
      return ['ink', 'muted', 'accent', 'warning', 'serious'].flatMap((name) => [ratio(name, 'paper'), ratio(name, 'tint')]).concat(ratio('ink', 'heat'), ratio('ink', 'heat-opposite'))
    })()`)
    // 4.5 is the bar of WCAG 2.2 AA for text.
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5)
    await page.close()
  })
})
