// The files of a version, read and checked: a bundle with its rows to try, or a plain graph.
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NotFoundError } from '../../base/index.js'
import type { Row } from '../../data/index.js'
import { inspectModel } from '../../engine/onnx/index.js'
import { type Manifest, readBundle } from '../bundle/index.js'
import type { GraphFile } from './lane.js'

/** What a bundle says besides its graph. */
export interface BundleFacts {
  readonly manifest: Manifest
  /** Rows to try the model with; empty where they cannot be read. */
  readonly trial: readonly Row[]
  /** Rows of training to compare others with; empty in bundles of before. */
  readonly background: readonly Row[]
}

export interface ModelFiles {
  readonly graph: GraphFile
  /** Bytes of the graph on disk. */
  readonly size: number
  /** Undefined for a plain graph. */
  readonly bundle: BundleFacts | undefined
}

/**
 * Reads a bundle or an ONNX file.
 *
 * @throws {@link NotFoundError}, {@link FormatError} when it is not there, cut off or changed
 */
export async function readModelFiles(path: string): Promise<ModelFiles> {
  if (/\.onnx$/i.test(path)) return { ...(await plainGraph(path)), bundle: undefined }
  const { manifest, onnx } = await readBundle(path)
  const sample = await readSample(path)
  return {
    graph: { bytes: shared(onnx) },
    size: onnx.length,
    bundle: { manifest, trial: rowsOf(sample, 'inputs'), background: rowsOf(sample, 'background') },
  }
}

async function plainGraph(path: string): Promise<Pick<ModelFiles, 'graph' | 'size'>> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new NotFoundError(
      `There is no readable ONNX file at '${path}' (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Check the path.`,
      { kind: 'model file', id: basename(path) },
      error,
    )
  })
  // Every reference to another file carries this key; without it decoding can be saved.
  const external = bytes.includes('location') ? inspectModel(bytes).constants.external : 0
  if (external > 0) return { graph: { path }, size: bytes.length + external }
  return { graph: { bytes: shared(bytes) }, size: bytes.length }
}

/** In memory that all threads see: a worker that takes the place of another opens the same bytes, whatever lies on disk by then. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

async function readSample(path: string): Promise<object> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(path, 'sample.json'), 'utf8'))
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    // The model answers without it: only what is made of these rows is not to be had.
    return {}
  }
}

function rowsOf(sample: object, name: 'inputs' | 'background'): readonly Row[] {
  const rows = (sample as Record<string, unknown>)[name]
  if (!Array.isArray(rows)) return []
  return rows.filter((row): row is Row => typeof row === 'object' && row !== null)
}
