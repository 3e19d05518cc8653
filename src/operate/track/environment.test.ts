import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { captureEnvironment, environmentTags } from './environment.js'
import { gitState } from './git.js'
import { commandLine, redactArguments, redactUrl } from './redact.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-environment-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

function repository(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  git(path, 'init', '--quiet', '--initial-branch=trunk')
  writeFileSync(join(path, 'a.txt'), 'one\n')
  git(path, 'add', '.')
  git(path, 'commit', '--quiet', '-m', 'first')
  git(path, 'remote', 'add', 'origin', 'https://ada:secret@example.com/team/code.git?token=abc')
  return path
}

describe('the state of code', () => {
  it('is commit, branch, changes and a remote without secrets', async () => {
    const path = repository('clean')
    const commit = git(path, 'rev-parse', 'HEAD')
    expect(await gitState(path)).toEqual({
      commit,
      branch: 'trunk',
      dirty: false,
      diffHash: undefined,
      remote: 'https://example.com/team/code.git?token=***',
    })
    writeFileSync(join(path, 'a.txt'), 'two\n')
    const two = await gitState(path)
    expect(two).toMatchObject({ commit, dirty: true })
    writeFileSync(join(path, 'a.txt'), 'three\n')
    const three = await gitState(path)
    expect(three!.diffHash).not.toBe(two!.diffHash)
    writeFileSync(join(path, 'a.txt'), 'two\n')
    expect((await gitState(path))!.diffHash).toBe(two!.diffHash)
    writeFileSync(join(path, 'b.txt'), 'new\n')
    expect((await gitState(path))!.diffHash).not.toBe(two!.diffHash)
  })

  it('is known below the top of the repository, and with a commit checked out by itself', async () => {
    const path = repository('detached')
    git(path, 'checkout', '--quiet', '--detach')
    mkdirSync(join(path, 'deep'))
    expect(await gitState(join(path, 'deep'))).toMatchObject({ branch: undefined, dirty: false })
  })

  it('is nothing outside of a repository, in an empty one, and where there is no folder', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    expect(await gitState(empty)).toBeUndefined()
    git(empty, 'init', '--quiet')
    expect(await gitState(empty)).toBeUndefined()
    expect(await gitState(join(folder, 'nowhere'))).toBeUndefined()
  })

  it('is nothing without git', async () => {
    const path = repository('without')
    const before = process.env['PATH']
    process.env['PATH'] = empty('bin')
    try {
      expect(await gitState(path)).toBeUndefined()
      const captured = await captureEnvironment({ folder: path })
      expect(captured.versions.node).toBe(process.versions.node)
    } finally {
      process.env['PATH'] = before
    }
  })

  it('is read without running what the repository asks for', async () => {
    const path = repository('hostile')
    const mark = join(folder, 'was-run')
    const script = join(folder, 'script.sh')
    writeFileSync(script, `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 })
    git(path, 'config', 'core.fsmonitor', script)
    git(path, 'config', 'diff.external', script)
    git(path, 'config', 'core.pager', script)
    git(path, 'config', 'diff.text.textconv', script)
    writeFileSync(join(path, '.gitattributes'), '*.txt diff=text\n')
    writeFileSync(join(path, 'a.txt'), 'changed\n')
    expect(await gitState(path)).toMatchObject({ dirty: true })
    expect(() => execFileSync('ls', [mark], { stdio: 'ignore' })).toThrow()
  })
})

function empty(name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  return path
}

describe('the circumstances', () => {
  it('name what is installed, the command and the machine, and no variable of the environment', async () => {
    const path = empty('program')
    mkdirSync(join(path, 'node_modules', 'left'), { recursive: true })
    writeFileSync(join(path, 'node_modules', 'left', 'package.json'), '{"version":"1.2.3"}')
    writeFileSync(join(path, 'package.json'), '{"dependencies":{"left":"^1","absent":"*"}}')
    process.env['MY_SECRET'] = 'do-not-tell'
    const argv = ['/usr/bin/node', join(path, 'train.js'), '--rate', '0.1', '--api-key', 'abc', '--note=a b']
    const found = await captureEnvironment({ folder: path, argv })
    expect(found).toMatchObject({
      version: 1,
      git: undefined,
      entry: 'train.js',
      command: `node ${join(path, 'train.js')} --rate 0.1 --api-key *** '--note=a b'`,
      versions: { node: process.versions.node, packages: { left: '1.2.3' } },
    })
    expect(found.versions.modelwright).toMatch(/^\d+\.\d+\.\d+/)
    expect(found.versions.onnxRuntime).toMatch(/^(native|wasm) \d/)
    expect(found.hardware.threads).toBeGreaterThan(0)
    expect(JSON.stringify(found)).not.toContain('do-not-tell')
    expect(environmentTags(found)).toMatchObject({
      'mlflow.source.name': 'train.js',
      'mlflow.source.type': 'LOCAL',
      'mlflow.user': found.user,
    })
  })

  it('survive a package.json that is none, and no program file', async () => {
    const path = empty('broken')
    writeFileSync(join(path, 'package.json'), '{')
    const found = await captureEnvironment({ folder: path, argv: ['node'] })
    expect(found).toMatchObject({ entry: '', command: 'node' })
  })
})

describe('command lines', () => {
  it.each([
    [['--password', 'x', 'y'], '--password *** y'],
    [['--password=x'], '--password=***'],
    [['--dbPassword=x y'], '--dbPassword=***'],
    [['-token', 'x'], '-token ***'],
    [['SECRET_KEY=x'], 'SECRET_KEY=***'],
    [['--verbose', '--token', '--next'], '--verbose --token --next'],
    [['postgres://ada:pw@host/db'], 'postgres://host/db'],
    [['https://host/x?api_key=1&q=2'], "'https://host/x?api_key=***&q=2'"],
    [['AKIAABCDEFGHIJKLMNOP'], '***'],
    [['--header', 'Authorization: Bearer abc'], "--header 'Authorization: ***'"],
    [["it's"], "'it'\\''s'"],
    [['data.csv', '--target', 'y'], 'data.csv --target y'],
  ])('%j is shown as %s', (args, shown) => {
    expect(commandLine(args)).toBe(shown)
  })

  it('keep their number of words', () => {
    expect(redactArguments(['a', '--key', 'b'])).toEqual(['a', '--key', 'b'])
    expect(redactUrl('s3://bucket/path')).toBe('s3://bucket/path')
    expect(redactUrl('https://h/p?X-Amz-Signature=abc&x=1')).toBe('https://h/p?X-Amz-Signature=***&x=1')
  })
})
