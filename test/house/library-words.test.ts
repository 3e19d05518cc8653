// Errors of the floors below the program speak to those who call the library, too.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesUnder, root } from '../../scripts/paths.mjs'

// Write command lines: those that repeat a job, those of other programs that export ONNX files, and those of git.
const commands = new Set([
  'src/operate/train/commands-of.ts',
  'src/engine/graph/import/foreign-files.ts',
  'src/operate/track/git.ts',
])

it('names a flag in brackets only, behind the option of the library', () => {
  const files = filesUnder('src').filter(
    (file) =>
      file.endsWith('.ts') &&
      !/\.(test|as)\.ts$/.test(file) &&
      !file.startsWith('src/app/') &&
      !commands.has(file),
  )
  const bare = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter(
        (line) =>
          !/^\s*(\/\/|\*|\/\*)/.test(line) && /(?<=[ '"`])--[a-z]{3}/.test(line) && !/style|css/.test(file),
      )
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(bare).toEqual([])
})
