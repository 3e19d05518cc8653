// Models in files: a bundle, an ONNX file, or a folder of these in the layout of TensorFlow Serving and Triton
// (<folder>/<model>/<version>/…).
import type { Dirent, Stats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { NotFoundError, sha256 } from '../../base/index.js'
import type { ModelSource, PathSource, SourceVersion } from './model-source.js'

/** Versions are whole numbers; other folders belong to somebody else. */
const isVersion = (name: string): boolean => /^(?:0|[1-9]\d*)$/.test(name)

/** The version of a model that has none. */
const onlyVersion = '1'

/** A source of what lies at a path. */
export function pathSource({ path, name }: PathSource): ModelSource {
  const place = resolve(path)
  return {
    async list() {
      const found = await stat(place).catch(() => undefined)
      if (found === undefined) {
        throw new NotFoundError(
          `There is nothing at '${path}'. Give a bundle (the folder that train wrote), an ONNX file, or a folder of these.`,
          { kind: 'model', id: path },
        )
      }
      return { versions: found.isDirectory() ? await folder(place, name) : await file(place, found, name) }
    },
  }
}

const file = async (path: string, found: Stats, name?: string): Promise<SourceVersion[]> => [
  {
    model: name ?? withoutEnding(basename(path)),
    version: onlyVersion,
    path,
    fingerprint: await fileFingerprint(path, found),
  },
]

const withoutEnding = (name: string): string => name.replace(/\.onnx$/i, '')

async function folder(path: string, name = basename(path)): Promise<SourceVersion[]> {
  const entries = await entriesOf(path)
  const itself = await modelFolder(path, entries)
  if (itself !== undefined) return [{ model: name, version: onlyVersion, ...itself }]
  const versions = await versionsIn(path, name, entries)
  if (versions.length > 0) return versions
  const models = await Promise.all(entries.map((entry) => modelsAt(path, entry)))
  return models.flat()
}

/** What an entry of a folder of models is. */
async function modelsAt(path: string, entry: Dirent): Promise<SourceVersion[]> {
  const place = join(path, entry.name)
  const found = await stat(place).catch(() => undefined)
  if (found?.isFile() === true && /\.onnx$/i.test(entry.name)) return file(place, found)
  if (found?.isDirectory() !== true) return []
  const entries = await entriesOf(place)
  const itself = await modelFolder(place, entries)
  if (itself !== undefined) return [{ model: entry.name, version: onlyVersion, ...itself }]
  return versionsIn(place, entry.name, entries)
}

async function versionsIn(path: string, model: string, entries: readonly Dirent[]): Promise<SourceVersion[]> {
  const found = await Promise.all(
    entries
      .filter(({ name }) => isVersion(name))
      .map(async ({ name }) => {
        const place = join(path, name)
        const there = await modelFolder(place, await entriesOf(place))
        return there === undefined ? [] : [{ model, version: name, ...there }]
      }),
  )
  return found.flat()
}

/** A bundle, or a folder with an ONNX file in it; undefined for other folders. */
async function modelFolder(
  path: string,
  entries: readonly Dirent[],
): Promise<Pick<SourceVersion, 'path' | 'fingerprint'> | undefined> {
  const names = entries.map(({ name }) => name)
  if (names.includes('manifest.json')) return { path, fingerprint: await fingerprint(path, names) }
  const onnx = names.includes('model.onnx') ? 'model.onnx' : undefined
  if (onnx === undefined) return undefined
  return { path: join(path, onnx), fingerprint: await fingerprint(path, names) }
}

/** Hidden entries are not looked at: what is being written stands beside its place under such a name. */
async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries.filter(({ name }) => !name.startsWith('.')).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Sizes and times of all files, and the contents of the manifest, which names the hashes of the others. */
async function fingerprint(path: string, names: readonly string[]): Promise<string> {
  const marks = await Promise.all(names.map((name) => mark(join(path, name))))
  const manifest = names.includes('manifest.json')
    ? await readFile(join(path, 'manifest.json')).catch(() => '')
    : ''
  return sha256(JSON.stringify([marks, sha256(manifest)]))
}

/** Also of files beside it that begin alike: constants of large models stand in them. */
async function fileFingerprint(path: string, found: Stats): Promise<string> {
  const own = basename(path)
  const beside = (await entriesOf(dirname(path))).filter(
    ({ name }) => name !== own && name.startsWith(`${own}.`),
  )
  const marks = await Promise.all(beside.map(({ name }) => mark(join(dirname(path), name))))
  return JSON.stringify([found.size, found.mtimeMs, found.ino, ...marks])
}

async function mark(path: string): Promise<unknown> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? [path] : [path, found.size, found.mtimeMs, found.ino]
}
