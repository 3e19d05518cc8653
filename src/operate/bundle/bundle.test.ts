import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { besidePath, ConflictError, FormatError, NotFoundError, StorageError } from '../../base/index.js'
import { type Manifest, manifestText, parseManifest } from './manifest.js'
import { type BundleContents, readBundle, readManifest, writeBundle } from './index.js'
import { bundleFiles } from './write-bundle.js'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'modelwright-bundle-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const manifest: Omit<Manifest, 'files'> = {
  format: 'modelwright-bundle',
  version: 1,
  createdBy: 'modelwright 0.0.0',
  createdAt: '2026-01-01T00:00:00.000Z',
  task: 'binary',
  target: 'buys',
  metric: 'roc-auc',
  model: 'linear',
  seed: 0,
  signature: {
    inputs: [
      { name: 'age', type: 'number' },
      { name: 'it\'s: "city"', type: 'string' },
      { name: '__proto__', type: 'boolean', labels: ['no', 'yes'] },
    ],
    outputs: { prediction: 'prediction', probabilities: 'probabilities' },
  },
  classes: ['No', 'Yes'],
  threshold: 0.5,
  scores: { 'roc-auc': 0.9 },
  predictionIntervals: [],
  data: { rows: 3, columns: 4, leftOut: [], hash: 'abc' },
  recipe: { version: 1 },
  environment: { Node: '20' },
}
const contents: BundleContents = {
  manifest,
  onnx: Uint8Array.of(1, 2, 3),
  report: '<!doctype html>',
  sample: { inputs: [], predictions: [] },
  onnxVersion: '1.12.0',
}
const place = (): string => join(folder, 'model')

describe('writeBundle', () => {
  it('writes all files, readable again, and nothing beside', async () => {
    await writeBundle(place(), contents)
    expect(readdirSync(place()).sort()).toEqual([...bundleFiles].sort())
    expect(readdirSync(folder)).toEqual(['model'])
    const read = await readBundle(place())
    expect([...read.onnx]).toEqual([1, 2, 3])
    expect(read.manifest).toMatchObject({ ...manifest, signature: manifest.signature })
    expect(read.manifest.signature.inputs[2]!.name).toBe('__proto__')
  })

  it('makes folders on the way, and replaces an earlier bundle or an empty folder', async () => {
    const deep = join(folder, 'a', 'b')
    mkdirSync(deep, { recursive: true })
    await writeBundle(deep, contents)
    await writeBundle(deep, { ...contents, manifest: { ...manifest, seed: 9 } })
    expect((await readManifest(deep)).seed).toBe(9)
    expect(readdirSync(join(folder, 'a'))).toEqual(['b'])
  })

  it('leaves folders of others alone', async () => {
    mkdirSync(place())
    writeFileSync(join(place(), 'letter.txt'), 'dear')
    await expect(writeBundle(place(), contents)).rejects.toThrow(ConflictError)
    rmSync(join(place(), 'letter.txt'))
    // A file with a name of ours alone is no bundle.
    writeFileSync(join(place(), 'report.html'), 'mine')
    await expect(writeBundle(place(), contents)).rejects.toThrow(/'report\.html'/)
    expect(readFileSync(join(place(), 'report.html'), 'utf8')).toBe('mine')
  })

  it('clears what an interrupted run left beside, and itself when it fails', async () => {
    mkdirSync(besidePath(place()))
    await writeBundle(place(), contents)
    expect(readdirSync(folder)).toEqual(['model'])
    writeFileSync(join(folder, 'file'), '')
    await expect(writeBundle(join(folder, 'file', 'below'), contents)).rejects.toThrow(StorageError)
    expect(existsSync(besidePath(join(folder, 'file', 'below')))).toBe(false)
  })

  it('describes itself to MLflow as an ONNX model', async () => {
    await writeBundle(place(), contents)
    const text = readFileSync(join(place(), 'MLmodel'), 'utf8')
    for (const line of [
      '  onnx:',
      '    data: model.onnx',
      '    onnx_version: "1.12.0"',
      '    loader_module: mlflow.onnx',
      '    code: null',
    ])
      expect(text.split('\n')).toContain(line)
    expect(text).toMatch(/^model_uuid: "[0-9a-f]{32}"$/m)
    expect(text).toMatch(/^utc_time_created: "2026-01-01 00:00:00\.000"$/m)
    const schema = (name: string): unknown => {
      const quoted = new RegExp(`^  ${name}: (.*)$`, 'm').exec(text)![1]!
      return JSON.parse(JSON.parse(quoted) as string)
    }
    expect(schema('inputs')).toEqual([
      { name: 'age', type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 1] } },
      { name: 'it\'s: "city"', type: 'tensor', 'tensor-spec': { dtype: 'object', shape: [-1, 1] } },
      { name: '__proto__', type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 1] } },
    ])
    expect(schema('outputs')).toEqual([
      { name: 'prediction', type: 'tensor', 'tensor-spec': { dtype: 'object', shape: [-1, 1] } },
      { name: 'probabilities', type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1, 2] } },
    ])
  })
})

describe('readBundle', () => {
  it('says what is not there', async () => {
    await expect(readBundle(place())).rejects.toThrow(NotFoundError)
    writeFileSync(place(), '')
    await expect(readBundle(place())).rejects.toThrow(/is a file, expected the folder of a bundle/)
    rmSync(place())
    mkdirSync(place())
    await expect(readBundle(place())).rejects.toThrow(/has no '.*manifest\.json'/)
  })

  it('notices any changed byte of the graph', async () => {
    await writeBundle(place(), { ...contents, onnx: new Uint8Array(64) })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 63 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, value) => {
          const bytes = new Uint8Array(64)
          bytes[at] = value
          writeFileSync(join(place(), 'model.onnx'), bytes)
          await expect(readBundle(place())).rejects.toThrow(/cut off or was changed/)
        },
      ),
      // Files are written and read: fifty show it.
      { numRuns: 50 },
    )
  })
})

describe('parseManifest', () => {
  const text = manifestText({ ...manifest, files: {} })

  it('reads what was written, and refuses every shorter text', () => {
    expect(parseManifest(text, 'm')).toEqual({ ...manifest, files: {} })
    fc.assert(
      // The last two characters are a brace and a line end.
      fc.property(fc.integer({ min: 0, max: text.length - 2 }), (length) => {
        expect(() => parseManifest(text.slice(0, length), 'm')).toThrow(FormatError)
      }),
    )
  })

  it('notices changed values, other versions and other files', () => {
    expect(() => parseManifest(text.replace('"seed": 0', '"seed": 1'), 'm')).toThrow(/was changed/)
    expect(() => parseManifest(text.replace('"version": 1', '"version": 2'), 'm')).toThrow(
      /version 2, expected 1/,
    )
    for (const other of ['null', '[]', '"x"', '{}', '{"format":"x"}'])
      expect(() => parseManifest(other, 'm')).toThrow(FormatError)
  })
})
