// `modelwright serve` and `modelwright ui` as a shell starts them, on a port that is free.
import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll } from 'vitest'
import { program, root } from './cli.js'

export interface ServedProgram {
  readonly child: ChildProcess
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** What it has written so far. */
  readonly stdout: string
  readonly stderr: string
  /** Its exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

export interface ServeOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

const children: ChildProcess[] = []
// Here and not at the first start: within a test nothing can be registered any more, and one that fails would leave its server behind.
afterAll(() => children.forEach((child) => child.kill('SIGKILL')))

/** Starts the program and waits until it says where it listens. Whatever still runs after the tests of the file is killed. */
export async function served(
  args: readonly string[],
  { cwd = root, env = {} }: ServeOptions = {},
): Promise<ServedProgram> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'nothing')),
  )
  const url = await new Promise<string>((resolve, reject) => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
        const found = /^modelwright \S+ at (\S+)$/m.exec(output.stdout)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    void ended.then((how) =>
      reject(new Error(`ended with ${how} before it listened: ${output.stderr}${output.stdout}`)),
    )
  })
  return {
    child,
    url,
    ended,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
  }
}
