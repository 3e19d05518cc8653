// Where results cannot be written: a sentence, and nothing left behind.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cli, expectDone, expectRefused, program, scratch } from '../support/cli.js'
import { buyers } from '../support/small-tables.js'

const folder = scratch()
const here = { cwd: folder.path }
const source = folder.file('buyers.csv', buyers())
const replay = (out: string) => cli(['train', '--recipe', 'bundle', '--out', out], here)

beforeAll(async () => {
  expectDone(await cli(['train', source, '--target', 'buys', '--out', 'bundle', '--time', '6s'], here))
}, 120_000)

describe('--out', () => {
  it('onto a folder with files of others refuses, and leaves them', async () => {
    mkdirSync(join(folder.path, 'taken'))
    writeFileSync(join(folder.path, 'taken', 'letter.txt'), 'dear')
    expectRefused(await replay('taken'), 2, /holds other files \(such as 'letter\.txt'\)/)
    expect(readdirSync(join(folder.path, 'taken'))).toEqual(['letter.txt'])
  })

  it('onto a file refuses', async () => {
    folder.file('file', 'x')
    expectRefused(await replay('file'), 3, /'.*file'/)
    expectRefused(await replay('file/below'), 3, /a part of that path is a file/)
  })

  it('through a link writes where that leads, also where nothing stands yet', async () => {
    for (const name of ['place', 'later']) {
      if (name === 'place') mkdirSync(join(folder.path, name))
      symlinkSync(name, join(folder.path, `to-${name}`))
      expectDone(await replay(`to-${name}`))
      expect(readlinkSync(join(folder.path, `to-${name}`))).toBe(name)
      expect(existsSync(join(folder.path, name, 'manifest.json'))).toBe(true)
    }
    symlinkSync('linked.csv', join(folder.path, 'link.csv'))
    expectDone(await cli(['predict', 'bundle', source, '-o', 'link.csv'], here))
    expect(readlinkSync(join(folder.path, 'link.csv'))).toBe('linked.csv')
  })

  it('does not replace what is read', async () => {
    const train = ['train', source, '--target', 'buys', '--time', '6s', '--out']
    expectRefused(await cli([...train, source], here), 2, /--out '.*' would replace '.*buyers\.csv'/)
    expectRefused(await cli([...train, folder.path], here), 2, /would replace/)
    expectRefused(await cli(['profile', source, '--html', source], here), 2, /--html '.*' would replace/)
    expect(readFileSync(source, 'utf8')).toBe(buyers())
  })

  it('onto an earlier bundle or an empty folder replaces it', async () => {
    mkdirSync(join(folder.path, 'empty'))
    expectDone(await replay('empty'))
    const before = readFileSync(join(folder.path, 'empty', 'manifest.json'), 'utf8')
    expectDone(await replay('empty'))
    expect(readFileSync(join(folder.path, 'empty', 'manifest.json'), 'utf8')).not.toBe(before)
    expect(readdirSync(folder.path).filter((name) => /partial|old/.test(name))).toEqual([])
  })

  // The superuser may write anywhere.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'into a read-only folder refuses [needs a user without all rights]',
    async () => {
      mkdirSync(join(folder.path, 'locked'))
      chmodSync(join(folder.path, 'locked'), 0o555)
      expectRefused(await replay('locked/out'), 3, /permission was denied/)
    },
  )
})

describe.skipIf(!existsSync('/dev/full'))('a standard output that takes nothing [needs /dev/full]', () => {
  it.each([
    ['predict', 'bundle', source],
    ['predict', 'bundle', source, '-o', 'summary.csv', '--json'],
    ['profile', source],
    ['evaluate', 'bundle', source],
    ['inspect', 'bundle', '--json'],
    ['train', '--recipe', 'bundle', '--out', 'unheard', '--json'],
    ['--help'],
  ])('is told: %s %s %s', (...args) => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
      ...here,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect(stderr).toMatch(
      /modelwright: Could not write 'standard output': the disk is full\. Free some space/,
    )
    expect(status).toBe(3)
  })
})

describe('a limit on the size of files', () => {
  const limits = spawnSync('sh', ['-c', 'ulimit -f 8'], { stdio: 'ignore' }).status === 0

  it.skipIf(!limits)('leaves nothing half-written [needs ulimit -f]', () => {
    const command = `trap '' XFSZ; ulimit -f 8; exec "$0" "$@"`
    const args = [process.execPath, program, 'train', '--recipe', 'bundle', '--out', 'limited']
    const { status, stderr } = spawnSync('sh', ['-c', command, ...args], { ...here, encoding: 'utf8' })
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/Could not write/) as string,
    })
    expect(existsSync(join(folder.path, 'limited'))).toBe(false)
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([])
  })
})

/** A file system of 64 KiB, where this user may mount one. */
function tinyDisk(): string | undefined {
  const place = join(folder.path, 'tiny')
  mkdirSync(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    return place
  } catch {
    return undefined
  }
}

const disk = process.platform === 'linux' ? tinyDisk() : undefined
afterAll(() => {
  if (disk !== undefined) execFileSync('umount', [disk], { stdio: 'ignore' })
})

describe.skipIf(disk === undefined)('a full disk [needs the right to mount]', () => {
  it('is told by train and predict, and nothing is left', async () => {
    expectRefused(await replay(join(disk!, 'out')), 3, /the disk is full\. Free some space/)
    const many = folder.file('many.csv', buyers(8000))
    expectRefused(
      await cli(['predict', 'bundle', many, '-o', join(disk!, 'out.csv')], here),
      3,
      /the disk is full/,
    )
    expect(readdirSync(disk!)).toEqual([])
  })
})
