// Writing a bundle so that it is there whole or not at all.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { besidePath, ConflictError, destinationOf, sha256, storageError } from '../../base/index.js'
import { type Manifest, manifestText } from './manifest.js'
import { mlmodelText } from './mlmodel.js'

/** What goes into a bundle. */
export interface BundleContents {
  readonly manifest: Omit<Manifest, 'files'>
  readonly onnx: Uint8Array
  readonly report: string
  /** Rows with their predictions, to try the model with. */
  readonly sample: unknown
  /** The ONNX version that the graph is written for. */
  readonly onnxVersion: string
}

/** The files of a bundle. */
export const bundleFiles = ['model.onnx', 'manifest.json', 'MLmodel', 'report.html', 'sample.json'] as const

/** Behind the door of this name: doors.ts. */
export async function writeBundle(path: string, contents: BundleContents): Promise<void> {
  const folder = destinationOf(path)
  await refuseForeign(folder)
  const beside = besidePath(folder)
  try {
    await mkdir(dirname(folder), { recursive: true })
    await rm(beside, { recursive: true, force: true })
    await mkdir(beside)
    for (const [name, content] of Object.entries(filesOf(contents)))
      await writeFile(join(beside, name), content)
    await swap(beside, folder)
  } catch (error) {
    // Where no folder could be made none can be removed.
    await rm(beside, { recursive: true, force: true }).catch(() => undefined)
    throw storageError(path, error)
  }
}

function filesOf({
  manifest,
  onnx,
  report,
  sample,
  onnxVersion,
}: BundleContents): Record<string, string | Uint8Array> {
  const files = {
    'model.onnx': onnx,
    'report.html': report,
    'sample.json': `${JSON.stringify(sample, null, 2)}\n`,
  }
  const hashes = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)]))
  const whole: Manifest = { ...manifest, files: hashes }
  return { ...files, MLmodel: mlmodelText(whole, onnxVersion), 'manifest.json': manifestText(whole) }
}

/** An empty folder and an earlier bundle may be replaced; anything else belongs to somebody. */
async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw storageError(folder, error)
  })
  const foreign = names.find((name) => !bundleFiles.some((own) => own === name))
  if (foreign !== undefined || (names.length > 0 && !names.some((name) => name === 'manifest.json'))) {
    throw new ConflictError(
      `'${folder}' holds other files (such as '${foreign ?? names[0]}'), expected an empty folder or an earlier bundle. Choose another folder: out (--out).`,
      { kind: 'folder', id: folder },
    )
  }
}

/** Renames the finished folder into place; rename(2) does not replace a folder that has files, so the old one steps aside. */
async function swap(beside: string, folder: string): Promise<void> {
  const old = `${beside}.old`
  await rm(old, { recursive: true, force: true })
  const existed = await rename(folder, old).then(
    () => true,
    () => false,
  )
  try {
    await rename(beside, folder)
  } catch (error) {
    if (existed) await rename(old, folder)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}
