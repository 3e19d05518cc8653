// Files of a run: what is given as a path, as contents, as a folder, a table, a figure or a model, brought to its artifacts.
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NotFoundError, timestamp, UsageError } from '../../base/index.js'
import type { Table } from '../../data/index.js'
import type { ArtifactContents, ArtifactPlace, RunArtifacts } from './backend.js'

/** A file of this machine, or contents with the path that they get. */
export type ArtifactInput = string | { readonly path: string; readonly contents: ArtifactContents }

/** A Vega-Lite specification, as the plots of this library are. */
export type Figure = Readonly<Record<string, unknown>>

/** A model of the library: what can be fitted, and opened again from its document or its graph. */
export interface SavableModel {
  toOnnx(): Uint8Array
  toJSON(): unknown
}

export type FileWriter = (path: string, contents: ArtifactContents) => Promise<void>

/** Writes into the artifacts of one run; paths are checked here, so that the sentence names the call. */
export const fileWriter =
  (artifacts: RunArtifacts, place: ArtifactPlace): FileWriter =>
  (path, contents) =>
    artifacts.write(place, checkArtifactPath(path), contents)

/** @throws {@link UsageError} for a path that leads out of the artifacts, or nowhere */
export function checkArtifactPath(path: string): string {
  const parts = path.replaceAll('\\', '/').split('/')
  const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
  if (plain) return parts.join('/')
  throw new UsageError(
    `The path '${path}' of an artifact leads elsewhere, expected one such as 'plots/roc.svg'. Leave out '..', '.' and slashes at its ends.`,
    { argument: 'path' },
  )
}

const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)

/** @throws {@link NotFoundError} when there is no such file */
export async function writeArtifact(write: FileWriter, input: ArtifactInput, folder = ''): Promise<void> {
  if (typeof input !== 'string') return write(below(folder, input.path), input.contents)
  await requireKind(input, 'file')
  await write(below(folder, basename(input)), { file: input })
}

/** Every file below a folder, under the same path below `folder` of the artifacts. */
export async function writeFolder(write: FileWriter, local: string, folder = ''): Promise<void> {
  await requireKind(local, 'folder')
  for (const { name, parentPath, isFile } of (
    await readdir(local, { recursive: true, withFileTypes: true })
  ).map((entry) => ({ name: entry.name, parentPath: entry.parentPath, isFile: entry.isFile() }))) {
    if (!isFile) continue
    const file = join(parentPath, name)
    await write(below(folder, file.slice(local.length).replaceAll('\\', '/').replace(/^\/+/, '')), { file })
  }
}

async function requireKind(path: string, kind: 'file' | 'folder'): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (kind === 'file' ? found?.isFile() === true : found?.isDirectory() === true) return
  throw new NotFoundError(
    `There is no ${kind} '${path}' to log. Check the path; it starts at the working directory.`,
    { kind, id: path },
  )
}

/** Rows in the form in which MLflow keeps tables. */
export function tableText(given: Table | readonly object[]): string {
  const rows = 'toRows' in given ? given.toRows() : (given as readonly Readonly<Record<string, unknown>>[])
  const columns = 'toRows' in given ? given.names : [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const data = rows.map((row) => columns.map((name) => (row as Record<string, unknown>)[name] ?? null))
  return JSON.stringify({ columns, data })
}

/** Writes a figure: drawn where the path ends in .svg, as its specification where it ends in .json. */
export async function writeFigure(write: FileWriter, path: string, spec: Figure): Promise<void> {
  if (path.endsWith('.json')) return write(path, `${JSON.stringify(spec, null, 2)}\n`)
  if (!path.endsWith('.svg')) {
    throw new UsageError(
      `logFigure: expected a path that ends in .svg (drawn) or .json (its specification); received '${path}'.`,
      { argument: 'path' },
    )
  }
  const { renderSvg } = await import('../../evaluate/plots/index.js')
  return write(path, await renderSvg(spec as Parameters<typeof renderSvg>[0]))
}

/** Writes a bundle, or a model of the library as its graph and its document. */
export async function writeModel(
  write: FileWriter,
  model: string | SavableModel,
  folder: string,
): Promise<void> {
  if (typeof model === 'string') return writeFolder(write, model, folder)
  await write(`${folder}/model.onnx`, model.toOnnx())
  await write(`${folder}/model.json`, `${JSON.stringify(model.toJSON())}\n`)
}

/** What MLflow's page looks for to find models among the artifacts. */
export const modelHistoryEntry = (runId: string, folder: string) => ({
  run_id: runId,
  artifact_path: folder,
  utc_time_created: timestamp().replace('T', ' ').replace('Z', ''),
  flavors: { onnx: { data: 'model.onnx' } },
})
