// How long a user waits before anything happens: the program's help and the library's import, over a bare Node.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { interleave, median, writeResult, type Figure } from '../harness.js'

const program = 'dist/app/cli/main.js'
const bare = ['-e', '0']
const commands: Record<string, readonly string[]> = {
  'node -e 0': bare,
  'import modelwright': ['--input-type=module', '-e', "import 'modelwright'"],
  ...(existsSync(program) && { 'modelwright --help': [program, '--help'] }),
}
/** Milliseconds over a bare Node, as the README promises. */
const bars: Record<string, number> = { 'import modelwright': 80, 'modelwright --help': 100 }

function runNode(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
}

const contenders = Object.fromEntries(
  Object.entries(commands).map(([name, args]) => [name, () => runNode(args)] as const),
)
const samples = await interleave(contenders, { repeats: 21, warmup: 2 })
const bareTime = median(samples['node -e 0']!)

writeResult({
  name: 'startup',
  about: 'Median wall time of a process, less that of a process that does nothing; 21 interleaved runs.',
  figures: Object.entries(bars)
    .filter(([name]) => name in samples)
    .map(([name, bar]): Figure => {
      return { what: name, value: median(samples[name]!) - bareTime, unit: 'ms', bar, peer: 'node -e 0' }
    }),
  samples,
})
