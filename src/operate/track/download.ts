// Files of a run into a folder of this machine.
import { join } from 'node:path'
import { NotFoundError, writeFileAtomic } from '../../base/index.js'
import type { Run } from '../store/index.js'
import type { TrackingBackend } from './backend.js'
import { checkArtifactPath } from './run-files.js'

/**
 * Writes what lies below a path of a run's artifacts; '' is all of it.
 *
 * @throws {@link NotFoundError} when nothing lies there
 */
export async function downloadArtifacts(
  backend: TrackingBackend,
  run: Run,
  { path, folder }: { readonly path: string; readonly folder: string },
): Promise<number> {
  const asked = path === '' ? '' : checkArtifactPath(path)
  const count = await downloadFolder({ backend, run, folder }, asked)
  if (count > 0) return count
  // A server says the same of a file as of an empty folder.
  if (asked !== '' && (await isFile({ backend, run, folder }, asked))) return 1
  throw new NotFoundError(
    `Run '${run.runId}' has no artifact${asked === '' ? 's' : ` '${asked}'`}. modelwright runs show lists those that it has.`,
    { kind: 'artifact', id: asked },
  )
}

interface Download {
  readonly backend: TrackingBackend
  readonly run: Run
  readonly folder: string
}

async function downloadFolder(to: Download, path: string): Promise<number> {
  let count = 0
  for (const item of await to.backend.artifacts.list(to.run, path)) {
    if (item.path === path) continue
    if (item.isFolder) count += await downloadFolder(to, item.path)
    else {
      await write(to, item.path)
      count++
    }
  }
  return count
}

async function isFile(to: Download, path: string): Promise<boolean> {
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  const items = await to.backend.artifacts.list(to.run, parent)
  if (!items.some((item) => item.path === path && !item.isFolder)) return false
  await write(to, path)
  return true
}

async function write({ backend, run, folder }: Download, path: string): Promise<void> {
  // What a server answers is no more to be trusted than what a user types.
  await writeFileAtomic(join(folder, checkArtifactPath(path)), await backend.artifacts.read(run, path))
}
