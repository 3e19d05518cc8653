// A file system of a few MiB that can be filled, where this user may mount one (root on Linux), for tests of full and read-only disks.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

export interface TinyDisk {
  readonly path: string
  /** The same files at another path, where nothing can be written. */
  readonly readOnly: string
  /** Takes all space that is left, but so many bytes. */
  fill(but?: number): void
  free(): void
}

/** One for the tests of the file, which goes with them; undefined where that is not allowed. */
export function tinyDisk(mebibytes: number): TinyDisk | undefined {
  if (process.platform !== 'linux') return undefined
  const folder = join(tmpdir(), `modelwright-tiny-${randomUUID()}`)
  const [path, readOnly] = [join(folder, 'disk'), join(folder, 'read-only')]
  const mount = (): void => {
    for (const place of [path, readOnly]) mkdirSync(place, { recursive: true })
    run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path)
    run('mount', '--bind', '-o', 'ro', path, readOnly)
  }
  const remove = (): void => {
    // Lazily: what a test has opened may take a moment to be closed.
    for (const place of [readOnly, path]) quietly(() => run('umount', '-l', place))
    rmSync(folder, { recursive: true, force: true })
  }
  // Tried at once, and left for tests that run: after a file whose tests are all left out nothing is called.
  const allowed = quietly(mount)
  remove()
  if (!allowed) return undefined
  beforeAll(mount)
  afterAll(remove)
  const filler = join(path, 'filler')
  return {
    path,
    readOnly,
    fill(but = 0) {
      const reserve = join(path, 'reserve')
      if (but > 0) write(reserve, but)
      write(filler, Infinity)
      rmSync(reserve, { force: true })
    },
    free: () => rmSync(filler, { force: true }),
  }
}

const run = (command: string, ...args: string[]): Buffer => execFileSync(command, args, { stdio: 'pipe' })

function quietly(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

/** What a file system gives at least. */
const page = Buffer.alloc(4096)

function write(path: string, bytes: number): void {
  const file = openSync(path, 'a')
  try {
    for (let written = 0; written < bytes; written += page.length) writeSync(file, page)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || bytes !== Infinity) throw error
  } finally {
    closeSync(file)
  }
}
