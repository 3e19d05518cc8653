// Reading a bundle: nothing in it runs, nothing outside its folder is opened, and a changed file is noticed.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError, NotFoundError, sha256 } from '../../base/index.js'
import { broken, type Manifest, parseManifest } from './manifest.js'

/** A bundle's manifest and its graph, checked. */
export interface OpenBundle {
  readonly path: string
  readonly manifest: Manifest
  readonly onnx: Uint8Array
}

/** Behind the door of this name: doors.ts. */
export async function readManifest(path: string): Promise<Manifest> {
  await requireFolder(path)
  const file = join(path, 'manifest.json')
  return parseManifest(await readFile(file, 'utf8').catch((error: unknown) => missing(file, error)), file)
}

/** Behind the door of this name: doors.ts. */
export async function readBundle(path: string): Promise<OpenBundle> {
  const manifest = await readManifest(path)
  const file = join(path, 'model.onnx')
  const onnx = await readFile(file).catch((error: unknown) => missing(file, error))
  if (sha256(onnx) !== manifest.files['model.onnx']) {
    throw broken(
      file,
      `its contents (${onnx.length} bytes) are not those that the manifest vouches for: the file is cut off or was changed. Take the bundle from where it came`,
    )
  }
  return { path, manifest, onnx }
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    throw new NotFoundError(
      `There is no bundle at '${path}'. Give the folder that train wrote, its out (--out).`,
      {
        kind: 'bundle',
        id: path,
      },
    )
  }
  if (!found.isDirectory()) {
    throw new FormatError(
      `'${path}' is a file, expected the folder of a bundle (with manifest.json and model.onnx).`,
      {
        format: 'modelwright-bundle',
        path,
      },
    )
  }
}

function missing(file: string, error: unknown): never {
  throw new NotFoundError(
    `The bundle has no '${file}'. Give the folder that train wrote, whole.`,
    { kind: 'bundle file', id: file },
    error,
  )
}
