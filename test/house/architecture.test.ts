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
