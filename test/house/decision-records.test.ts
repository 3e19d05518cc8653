import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesUnder, root } from '../../scripts/paths.mjs'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const records = filesUnder('docs/adr').filter((file) => /\/\d{4}-/.test(file))
const list = read('docs/adr/README.md')

it.each(records)('%s is on the list, by its number and title', (file) => {
  const name = file.slice('docs/adr/'.length)
  const [, number, title] = /^# (\d{4}) (.+)$/m.exec(read(file)) ?? []
  expect(number).toBe(name.slice(0, 4))
  expect(list.split('\n')).toContain(`- ${number} [${title}](${name})`)
})

it('gives every number once', () => {
  const numbers = records.map((file) => file.slice('docs/adr/'.length, 'docs/adr/'.length + 4))
  expect(new Set(numbers).size).toBe(numbers.length)
})

it.each(records)('%s has a status and is one page', (file) => {
  const text = read(file)
  expect(text).toMatch(/^Status: (?:accepted|proposed|replaced by \d{4})\. Date: \d{4}-\d\d-\d\d\.$/m)
  // A page of print holds some sixty lines.
  expect(text.split('\n').length).toBeLessThanOrEqual(60)
})
