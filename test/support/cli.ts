// The built program as a child process, as a shell starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const program = join(root, 'dist/app/cli/main.js')

/**
 * Enough for more than the constant on a machine with much else to do; a calm one is done with a small table sooner.
 */
export const enoughTime = '20s'

/** How a run of the program ended. */
export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Called with the child while it runs. */
  readonly during?: (child: ChildProcess) => void
}

/** Runs `modelwright` with these arguments. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { cwd = root, stdin, env, during } = options
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '', ...env },
    stdio: 'pipe',
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  // A program that refuses its arguments does not wait for its input.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  during?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

/** A folder of this test file's own, which goes when its tests are done. */
export function scratch(): {
  readonly path: string
  file(name: string, content: string | Uint8Array): string
} {
  const path = mkdtempSync(join(tmpdir(), 'modelwright-e2e-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    file(name, content) {
      writeFileSync(join(path, name), content)
      return join(path, name)
    },
  }
}

/** The run ended well; says what it wrote when it did not. */
export function expectDone(result: CliResult): CliResult {
  expect(result.code, result.stderr + result.stdout).toBe(0)
  return result
}

/** The run ended with a sentence of ours and this exit status, and nothing on standard output. */
export function expectRefused(result: CliResult, code: number, sentence: RegExp): void {
  expect(result.stderr).toMatch(sentence)
  expect(result.stderr).toMatch(/^modelwright: .+[.?-]\n$/)
  expect(result.stderr).not.toMatch(/\n\s+at |not your fault/)
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' })
}

/** Text without decoration: no escape codes, no carriage returns, no bars. */
export function expectPlain(text: string): void {
  // The escape character is what is looked for.
  expect(text.replaceAll('\u001B', '<ESC>')).not.toMatch(/<ESC>|\r|█|░/)
}

/** Lines of CSV without quotes in it, split. */
export function cells(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
}
