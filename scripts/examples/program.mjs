// Compiles examples/ and runs the programs that are named: npm run example -- churn. Options go to the programs:
// npm run example -- digits --full --data FOLDER
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { filesUnder, root } from '../paths.mjs'
import { runTool } from '../run.mjs'

const all = filesUnder('examples')
  .filter((file) => /^examples\/[^/]+\.ts$/.test(file))
  .map((file) => file.slice('examples/'.length, -'.ts'.length))

const given = process.argv.slice(2)
const end = given.findIndex((argument) => argument.startsWith('-'))
const wanted = end < 0 ? given : given.slice(0, end)
const options = end < 0 ? [] : given.slice(end)
if (wanted.length === 0 || !wanted.every((name) => all.includes(name))) {
  console.error(`Name one or more examples: ${all.join(', ')}.`)
  process.exit(2)
}

const { code, output } = await runTool('typescript', ['-p', 'examples/tsconfig.json'])
if (code !== 0) {
  console.error(output)
  process.exit(1)
}
for (const name of wanted) {
  const program = join(root, '.cache/programs', `${name}.js`)
  const { status } = spawnSync(process.execPath, [program, ...options], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = status ?? 1
}
