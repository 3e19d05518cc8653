import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as errors from '../../src/base/errors.js'
import { errorsPage } from '../../scripts/errors-page.mjs'
import { root } from '../../scripts/paths.mjs'

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const leaves = Object.keys(errors).filter((name) => name.endsWith('Error') && name !== 'ModelwrightError')

describe('docs/errors.md', () => {
  it('is what scripts/errors-page.mjs writes', async () => {
    expect(page).toBe(await errorsPage())
  })

  it.each(leaves)('says cause, what to do and status of %s', (name) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
    const cells = row?.split('|').map((cell) => cell.trim()) ?? []
    expect(cells[3]).toMatch(/^[A-Z].*\.$/)
    expect(cells[4]).toMatch(/^[A-Z].*\.$/)
    expect(Number(cells[6])).toBeGreaterThan(0)
  })
})
