import { mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { put, scaling, temporaryFolder, writeHouseBundle } from '../../../test/support/served-models.js'
import { NotFoundError } from '../../base/index.js'
import { pathSource } from './path-source.js'

const folder = temporaryFolder()
const graph = scaling(1)
beforeAll(async () => {
  await writeHouseBundle(join(folder, 'all', 'house'))
  put(join(folder, 'all', 'flat.onnx'), graph)
  put(join(folder, 'all', 'digits', '1', 'model.onnx'), graph)
  put(join(folder, 'all', 'digits', '10', 'model.onnx'), graph)
  put(join(folder, 'all', 'digits', '9', 'model.onnx'), graph)
  put(join(folder, 'all', 'digits', 'config.pbtxt'), 'name: "digits"')
  put(join(folder, 'all', 'single', 'model.onnx'), graph)
  await writeHouseBundle(join(folder, 'all', 'priced', '3'))
  // What belongs to nobody, or is being written.
  put(join(folder, 'all', 'README.md'), 'hello')
  put(join(folder, 'all', 'empty', 'notes.txt'), '')
  put(join(folder, 'all', '.house.123.partial', 'manifest.json'), '{}')
  put(join(folder, 'all', 'digits', '01', 'model.onnx'), graph)
  put(join(folder, 'all', 'digits', 'v2', 'model.onnx'), graph)
})

const list = async (path: string, name?: string): Promise<string[]> =>
  (await pathSource({ path, name }).list()).versions.map(
    ({ model, version, path: place }) => `${model}/${version} ${place.slice(folder.length + 1)}`,
  )

describe('a path', () => {
  it('may be a folder of models in all layouts', async () => {
    expect((await list(join(folder, 'all'))).toSorted()).toEqual([
      'digits/1 all/digits/1/model.onnx',
      'digits/10 all/digits/10/model.onnx',
      'digits/9 all/digits/9/model.onnx',
      'flat/1 all/flat.onnx',
      'house/1 all/house',
      'priced/3 all/priced/3',
      'single/1 all/single/model.onnx',
    ])
  })

  it('may be a model: a file, a bundle, a folder of versions, under another name too', async () => {
    expect(await list(join(folder, 'all', 'flat.onnx'))).toEqual(['flat/1 all/flat.onnx'])
    expect(await list(join(folder, 'all', 'house'), 'other')).toEqual(['other/1 all/house'])
    expect(await list(join(folder, 'all', 'priced'))).toEqual(['priced/3 all/priced/3'])
    expect(await list(join(folder, 'all', 'single'), 'it')).toEqual(['it/1 all/single/model.onnx'])
  })

  it('may hold nothing yet, but must be there', async () => {
    mkdirSync(join(folder, 'nothing'))
    expect(await list(join(folder, 'nothing'))).toEqual([])
    await expect(list(join(folder, 'nowhere'))).rejects.toThrow(NotFoundError)
  })
})

describe('fingerprints', () => {
  const mark = async (path: string): Promise<string> =>
    (await pathSource({ path }).list()).versions[0]!.fingerprint

  it('change with what lies there, and only then', async () => {
    const place = put(join(folder, 'mark', 'm.onnx'), graph)
    const first = await mark(place)
    expect(await mark(place)).toBe(first)
    // The same size at the same time, but another file.
    const time = new Date(0)
    utimesSync(place, time, time)
    const second = await mark(place)
    put(
      join(folder, 'mark', 'other'),
      Uint8Array.from(graph, (byte) => byte ^ 1),
    )
    utimesSync(join(folder, 'mark', 'other'), time, time)
    renameSync(join(folder, 'mark', 'other'), place)
    expect(second).not.toBe(first)
    const third = await mark(place)
    expect(third).not.toBe(second)
    put(join(folder, 'mark', 'm.onnx.data'), 'constants')
    expect(await mark(place)).not.toBe(third)
  })

  it('change with any file of a bundle', async () => {
    const place = await writeHouseBundle(join(folder, 'marked'))
    const first = await mark(place)
    await writeHouseBundle(place, { alpha: 3 })
    const second = await mark(place)
    rmSync(join(place, 'model.onnx'))
    expect(new Set([first, second, await mark(place)]).size).toBe(3)
  })
})
