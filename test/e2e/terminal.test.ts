// On a terminal: a bar that moves, colours, and Ctrl-C that is heard at once. `script` gives the program a terminal.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, expectDone, program, root, scratch } from '../support/cli.js'
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
    expect(stdout).toMatch(/[█░]{20} \S.* at most \d/)
    expect(stdout).toContain('\u001B[')
    expect(stdout).toContain('✓')
    // Nothing that was drawn runs over the edge: each line between returns fits.
    const plain = stdout.replaceAll(new RegExp('\\u001B\\[[\\d;]*[A-Za-z]', 'g'), '')
    const bars = plain.split(/[\r\n]+/).filter((line) => /[█░]/.test(line))
    for (const bar of bars) expect([...bar].length).toBeLessThanOrEqual(80)
  })
})

describe('Ctrl-C', () => {
  it('ends training with status 130 and leaves nothing', async () => {
    const result = await cli(['train', telco, '--target', 'Churn', '--out', 'stopped', '--time', '60s'], {
      ...here,
      during(child) {
        // Long enough to be at work on most machines; wherever it is, the promise is the same.
        setTimeout(() => child.kill('SIGINT'), 2500)
      },
    })
    expect(result.code).toBe(130)
    expect(result.stdout).toBe('')
    expect(result.stderr).toBe('modelwright: interrupted; nothing was written.\n')
    expect(existsSync(join(folder.path, 'stopped'))).toBe(false)
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('keeps an earlier bundle', async () => {
    expectDone(await cli(['train', 'buyers.csv', '--target', 'buys', '--out', 'kept', '--time', '6s'], here))
    const stop = await cli(['train', telco, '--target', 'Churn', '--out', 'kept'], {
      ...here,
      during: (child) => void setTimeout(() => child.kill('SIGTERM'), 2500),
    })
    expect(stop.code).toBe(130)
    expectDone(await cli(['inspect', 'kept'], here))
  })
})
