// How long a user waits before anything happens: the program's help and the library's import, over a bare Node.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, interleave, writeResult } from '../harness.js'

const program = 'dist/app/cli/main.js'
const bare = 'node -e 0'
const commands: Record<string, readonly string[]> = {
  [bare]: ['-e', '0'],
  'import modelwright': ['--input-type=module', '-e', "import 'modelwright'"],
  ...(existsSync(program) && { 'modelwright --help': [program, '--help'] }),
}
/** Milliseconds over a bare Node, as the README promises. */
const bars: Record<string, number> = { 'import modelwright': 80, 'modelwright --help': 100 }

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'))
const teller = join(folder, 'tell-cpu.cjs')
// Microseconds of all threads of the process, behind whatever it prints; the bare one pays for telling too.
writeFileSync(
  teller,
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); require('fs').writeSync(2, '\\n' + (user + system)) })",
)

/** Milliseconds of processor time by command and run, warm-up included. */
const processor: Record<string, number[]> = {}

function runNode(name: string): void {
  const args = commands[name]!
  const { status, stderr } = spawnSync(process.execPath, ['--require', teller, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
  ;(processor[name] ??= []).push(Number(stderr.split('\n').at(-1)) / 1000)
}

// Starting is the same work each time: whatever else the machine does only adds to it, so the best run tells most.
const best = (samples: readonly number[]): number => Math.min(...samples)

try {
  const contenders = Object.fromEntries(Object.keys(commands).map((name) => [name, () => runNode(name)]))
  const samples = await interleave(contenders, { repeats: 31, warmup: 2 })
  const over = (figures: Record<string, number[]>, name: string): number =>
    best(figures[name]!) - best(figures[bare]!)
  const figures = Object.entries(bars)
    .filter(([name]) => name in samples)
    .flatMap(([name, bar]): Figure[] => [
      { what: name, value: over(samples, name), unit: 'ms', bar, peer: bare },
      { what: `${name}, processor time`, value: over(processor, name), unit: 'ms', peer: bare },
    ])
  figures.push({ what: bare, value: best(samples[bare]!), unit: 'ms' })
  writeResult({
    name: 'startup',
    about:
      'Time of a process, less that of one that does nothing: the best of 31 interleaved runs, as load only adds.',
    figures,
    samples,
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
