import { describe, expect, it } from 'vitest'
import { fromRows, profile } from '../../data/index.js'
import { leakageAlerts, profileAlerts, profileData, profileHtml } from './index.js'

const rows = Array.from({ length: 120 }, (_, i) => ({
  amount: i % 10 === 0 ? null : i * 1.5,
  city: ['Oslo', 'Bern', 'Riga'][i % 3],
  member: i % 2 === 0,
  joined: new Date(Date.UTC(2024, 0, 1 + i)),
  churn: i % 4 === 0 ? 'Yes' : 'No',
}))

describe('profileData', () => {
  it('turns the profile of a table into what the page shows', async () => {
    const found = await profile(fromRows(rows), { target: 'churn' })
    const data = profileData(found, { source: 'members', leftOut: ['city'] })
    const byName = Object.fromEntries(data.columns.map((column) => [column.name, column]))
    expect(data.rows).toBe(120)
    expect(byName['churn']?.role).toBe('target')
    expect(byName['city']?.role).toBe('left out')
    expect(byName['amount']).toMatchObject({
      kind: 'number',
      missing: 12,
      counts: { type: 'ranges' },
      numbers: { max: 178.5 },
    })
    expect(byName['joined']?.span).toEqual({ first: '2024-01-01', last: '2024-04-29' })
    expect(byName['member']).toMatchObject({ kind: 'yes/no', counts: { type: 'values' } })
    expect(byName['city']?.counts).toMatchObject({ counts: [40, 40, 40] })
    const page = await profileHtml(data, profileAlerts(found.alerts))
    expect(page).toContain('10%')
    expect(page).not.toMatch(/NaN|undefined/)
  })
})

describe('leakageAlerts', () => {
  it('tells what was left out and what was kept', () => {
    const finding = {
      code: 'target-copy',
      columns: ['alive'],
      message: "'alive' repeats the target.",
      evidence: {},
      drop: true,
    } as const
    expect(leakageAlerts([finding], ['alive'])[0]).toMatchObject({
      severity: 'serious',
      column: 'alive',
      treatment: 'left out',
    })
    expect(leakageAlerts([{ ...finding, drop: false }], [])[0]).toMatchObject({
      severity: 'warning',
      treatment: 'kept',
    })
    expect(leakageAlerts([finding], undefined)[0]).toMatchObject({ treatment: 'train would leave it out' })
  })
})
