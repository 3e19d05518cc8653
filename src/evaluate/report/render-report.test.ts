import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ColumnSummary, type DataProfile, profileHtml, type Report, renderReport } from './index.js'
import { header } from './verdict.js'

const fixture = (name: string): Report =>
  JSON.parse(
    readFileSync(new URL(`../../../test/fixtures/report-${name}.json`, import.meta.url), 'utf8'),
  ) as Report

const sectionIds = (page: string): string[] =>
  [...page.matchAll(/<section id="([^"]+)"/g)].map((match) => match[1]!)

describe.each([
  [
    'binary',
    [
      'ladder',
      'metrics',
      'confusion',
      'curves',
      'thresholds',
      'importance',
      'slices',
      'learning',
      'alerts',
      'data',
      'reproduce',
      'card',
      'environment',
    ],
  ],
  [
    'multiclass',
    [
      'ladder',
      'metrics',
      'confusion',
      'curves',
      'importance',
      'slices',
      'learning',
      'alerts',
      'data',
      'reproduce',
      'card',
      'environment',
    ],
  ],
  [
    'regression',
    [
      'ladder',
      'metrics',
      'residuals',
      'importance',
      'slices',
      'learning',
      'alerts',
      'data',
      'reproduce',
      'card',
      'environment',
    ],
  ],
])('the report of a %s task', (name, sections) => {
  const rendered = renderReport(fixture(name))

  it('has every section, loads nothing and runs nothing', async () => {
    const page = await rendered
    expect(sectionIds(page)).toEqual(sections)
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(http|javascript:| on\w+=/i)
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/NaN|undefined|\[object/)
    // The limit that the page promises; these take a fifth of it.
    expect(page.length).toBeLessThan(2_000_000)
  })

  it('gives every id once, and every drawing and table a name', async () => {
    const page = await rendered
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
    expect(page.match(/<svg\s/g)?.length).toBe(page.match(/<svg\s[^>]*aria-label="[^"]+/g)?.length)
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<caption>/g)?.length)
  })
})

it('is the same text every time', async () => {
  expect(await renderReport(fixture('multiclass'))).toBe(await renderReport(fixture('multiclass')))
})

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`

/** The same report with every text replaced, save the words that the format fixes. */
function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string')
    return [
      'task',
      'severity',
      'role',
      'type',
      'name',
      'createdAt',
      'model',
      'best',
      'betterChoice',
      'over',
    ].includes(key)
      ? value
      : HOSTILE
  if (Array.isArray(value)) return value.map((item) => poison(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]))
}

describe('hostile data', () => {
  it.each(['binary', 'multiclass', 'regression'])('cannot leave its place in a %s report', async (name) => {
    const page = await renderReport(poison(fixture(name)) as Report)
    expect(page).not.toMatch(/<script|<img/i)
    expect(page).toContain('&lt;script&gt;')
  })

  it('cannot leave its place as a name of a model, a column or an environment', async () => {
    const given = fixture('binary')
    const page = await renderReport({
      ...given,
      verdict: { ...given.verdict, model: HOSTILE, best: HOSTILE, betterChoice: HOSTILE },
      ladder: given.ladder.map((step) => ({ ...step, name: `${step.name} ${HOSTILE}` })),
      profile: {
        ...given.profile!,
        columns: given.profile!.columns.map((column) => ({ ...column, name: HOSTILE })),
      },
      environment: { [HOSTILE]: HOSTILE },
      createdAt: HOSTILE,
    })
    expect(page).not.toMatch(/<script|<img/i)
  })
})

/** A table of many columns, each with gaps and a histogram. */
const wideProfile = (n: number): DataProfile => ({
  source: 'wide.parquet',
  rows: 1000,
  columns: Array.from({ length: n }, (_, i): ColumnSummary => ({
    name: `column ${i} with a name that goes on and on and on without an end`,
    kind: 'number',
    missing: i,
    distinct: 990,
    numbers: { min: -i, median: 0, max: i, mean: 0.5, deviation: i / 3 },
    counts: { type: 'ranges', edges: [0, 1, 2], counts: [i, 1] },
    examples: ['1', '2'],
  })),
})

describe('much data', () => {
  it('shows the first of 5,000 columns and counts the rest', async () => {
    const given = fixture('regression')
    const columns = Array.from({ length: 5000 }, (_, i) => ({ column: `c${i}`, mean: 5000 - i, sd: 1 }))
    const page = await renderReport({
      ...given,
      profile: wideProfile(5000),
      importance: { ...given.importance!, columns },
    })
    expect(page).toContain('and 4,940 more columns')
    expect(page).toContain('The 15 most important of 5,000 columns')
    expect(page.length).toBeLessThan(1_000_000)
  })

  it('folds 100 classes into a readable matrix', async () => {
    const given = fixture('multiclass')
    const results = given.classification!
    const classes = Array.from({ length: 100 }, (_, i) => `class ${i}`)
    const page = await renderReport({
      ...given,
      classification: {
        ...results,
        classes,
        confusion: classes.map((_, a) =>
          classes.map((__, p) => (a === p ? 50 + a : Number((a + p) % 7 === 0))),
        ),
        roc: classes.map((label) => ({ ...results.roc[0]!, label })),
        precisionRecall: classes.map((label) => ({ ...results.precisionRecall[0]!, label })),
      },
    })
    expect(page).toContain('all others')
    expect(page).toContain('and 88 more classes')
    expect(page).toContain('The 6 commonest of 100 classes')
    expect(page.length).toBeLessThan(1_000_000)
  })
})

describe('the verdict', () => {
  const given = fixture('binary')
  const verdictOf = (verdict: Partial<Report['verdict']>): string => {
    const { markup } = header({ ...given, verdict: { ...given.verdict, ...verdict } })
    return /<div class="callout">(.*?)<\/div>/s
      .exec(markup)![1]!
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ')
  }

  it('prefers the simpler model when the gain is within noise', () => {
    expect(verdictOf({ best: 'Gradient boosting', betterChoice: 'Logistic regression' })).toMatch(
      /Gradient boosting scores highest .* simpler Logistic regression is within noise .*simpler one is the better choice/,
    )
    expect(
      verdictOf({
        best: 'Gradient boosting',
        betterChoice: 'Logistic regression',
        model: 'Logistic regression',
      }),
    ).toContain('the simpler one is the model judged here')
  })

  it('says when the gain is real, and when nothing was learned', () => {
    expect(verdictOf({ best: 'Logistic regression', betterChoice: 'Logistic regression' })).toContain(
      'is more than noise',
    )
    expect(verdictOf({ best: 'Constant', betterChoice: 'Constant', model: 'Constant' })).toContain(
      'No model does better',
    )
  })
})

describe('profileHtml', () => {
  it('is the profile alone, as a page', async () => {
    const page = await profileHtml(fixture('binary').profile!, fixture('binary').alerts)
    expect(sectionIds(page)).toEqual(['alerts', 'data'])
    expect(page).toContain('TotalCharges')
  })

  it('stands an empty table', async () => {
    expect(await profileHtml({ source: 'empty.csv', rows: 0, columns: [] })).not.toMatch(/NaN|undefined/)
  })
})
