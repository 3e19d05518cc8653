// On a terminal: a bar that moves, colours, and Ctrl-C that is heard at once. `script` gives the program a terminal.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { cli, type CliResult, expectDone, program, root, scratch } from '../support/cli.js'
import { buyers } from '../support/small-tables.js'

const folder = scratch()
const here = { cwd: folder.path }
folder.file('buyers.csv', buyers())
const telco = join(root, 'examples', 'data', 'telco-churn.csv')
const hasScript = spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0

describe.skipIf(!hasScript)('a terminal [needs script from util-linux]', () => {
  it('sees what is being done, colours, and a table', () => {
    const command = `stty cols 80; '${process.execPath}' '${program}' train buyers.csv --target buys --time 6s`
    const env: NodeJS.ProcessEnv = { ...process.env, TERM: 'xterm-256color' }
    delete env['NO_COLOR']
    delete env['CI']
    const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      ...here,
      env,
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
    expect(stdout).toContain('\u001B[')
    expect(stdout).toContain('✓')
    const plain = stripVTControlCharacters(stdout)
    const bars = plain.split(/[\r\n]+/).filter((line) => /[█░]/.test(line))
    expect(plain).toMatch(/[█░]{20} \S.* at most \d/)
    // Nothing that was drawn runs over the edge.
    for (const bar of bars) expect([...bar].length).toBeLessThanOrEqual(80)
  })
})

/**
 * Interrupts a command after two seconds; later when it had not even begun then, as on a busy machine. Wherever the
 * signal finds it, the promise is the same.
 */
async function interrupted(
  args: readonly string[],
  signal: NodeJS.Signals,
  delay = 2000,
): Promise<CliResult> {
  const result = await cli(args, {
    ...here,
    during: (child) => void setTimeout(() => child.kill(signal), delay),
  })
  return result.code === null ? interrupted(args, signal, delay * 2) : result
}

describe('Ctrl-C', () => {
  const train = ['train', telco, '--target', 'Churn', '--time', '60s']

  it('ends training with status 130 and leaves nothing', async () => {
    expect(await interrupted([...train, '--out', 'stopped'], 'SIGINT')).toEqual({
      code: 130,
      stdout: '',
      stderr: 'modelwright: interrupted; nothing half done was kept.\n',
    })
    expect(existsSync(join(folder.path, 'stopped'))).toBe(false)
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('keeps an earlier bundle', async () => {
    expectDone(await cli(['train', 'buyers.csv', '--target', 'buys', '--out', 'kept', '--time', '6s'], here))
    expect((await interrupted([...train, '--out', 'kept'], 'SIGTERM')).code).toBe(130)
    expectDone(await cli(['inspect', 'kept'], here))
  })
})
