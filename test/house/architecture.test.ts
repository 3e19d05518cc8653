import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { filesUnder, root } from '../../scripts/paths.mjs'

const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
const folders = [...new Set(filesUnder('src').map((file) => dirname(file)))].filter(
  (folder) => folder !== 'src' && !folder.endsWith('__snapshots__'),
)

it.each(folders)('ARCHITECTURE.md names %s', (folder) => {
  // `learn/linear/` names itself and, being a path, its floor.
  expect(map.includes(`\`${folder.slice('src/'.length)}/`)).toBe(true)
})

it('ARCHITECTURE.md describes no folder that is gone', () => {
  const described = [...map.matchAll(/^(?:### |- )`([a-z/-]+)\/`/gm)].map((match) => `src/${match[1]!}`)
  expect(described.length).toBeGreaterThan(0)
  expect(described.filter((folder) => filesUnder(folder).length === 0)).toEqual([])
})

it('ARCHITECTURE.md has tables whose rows have as many cells as their header', () => {
  const tables = tablesOf(map)
  expect(tables.length).toBeGreaterThan(0)
  for (const [header, ...rows] of tables)
    expect(rows.filter((row) => cellsOf(row) !== cellsOf(header!))).toEqual([])
})

/** Runs of lines that begin with a bar, outside of code. */
function tablesOf(text: string): string[][] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '')
  return [...prose.matchAll(/^\|.*(?:\n\|.*)*/gm)].map(([lines]) => lines.split('\n'))
}

/** Bars inside of code, or behind a backslash, divide nothing. */
const cellsOf = (row: string): number =>
  row
    .replace(/`[^`]*`/g, '')
    .replace(/\\\|/g, '')
    .split('|').length - 2
