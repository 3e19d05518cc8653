// A program of a few lines in a process of its own, on the built package: what another process of the user would do.
import { spawn } from 'node:child_process'
import { root } from './cli.js'

export interface NodeProgram {
  /** What it printed; rejects with what it complained of, unless it was killed. */
  readonly ended: Promise<string>
  kill(): void
}

/** Runs code that may import files of `dist`, such as `import { openStore } from 'dist:operate/store/index.js'`. */
export function nodeProgram(code: string): NodeProgram {
  const built = new URL(`file://${root}/dist/`).href
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', code.replaceAll(/(['"])dist:/g, `$1${built}`)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  const ended = new Promise<string>((resolve, reject) => {
    child.on('close', (code_, signal) =>
      code_ === 0 || signal === 'SIGKILL' ? resolve(output.stdout) : reject(new Error(output.stderr)),
    )
  })
  return { ended, kill: () => child.kill('SIGKILL') }
}
