// Compiles bench/ and runs the benchmarks that are named: npm run bench -- startup
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { filesUnder, root } from './paths.mjs'
import { runTool } from './run.mjs'

const all = filesUnder('bench')
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice('bench/'.length, -'.ts'.length))
const nameOf = (file) => file.split('/').at(-1).slice(0, -'.bench'.length)

const wanted = process.argv.slice(2)
const chosen = all.filter((file) => wanted.includes(nameOf(file)))
if (chosen.length === 0 || chosen.length < wanted.length) {
  console.error(`Name one or more benchmarks: ${all.map(nameOf).join(', ')}.`)
  process.exit(2)
}

const { code, output } = await runTool('typescript', ['-p', 'bench/tsconfig.json'])
if (code !== 0) {
  console.error(output)
  process.exit(1)
}
for (const file of chosen) {
  const program = join(root, '.cache/bench', `${file}.js`)
  const { status } = spawnSync(process.execPath, [program], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
