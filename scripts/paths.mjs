// Where things lie in the repository, and what they contain, for the scripts beside this file.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')
/** Stamps, locks and results of checks: may be deleted at any time. */
export const cacheFolder = join(root, '.cache')

/** Every file below a folder of the repository, relative to the root with forward slashes, sorted. */
export function filesUnder(folder) {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted()
}

/** One hash over names and contents; by content, because a checkout or a copy changes every time stamp. */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    hash.update(`${file}\0`)
    hash.update(readIfThere(join(root, file)))
  }
  return hash.digest('hex')
}

function readIfThere(path) {
  try {
    return readFileSync(path)
  } catch {
    return ''
  }
}
