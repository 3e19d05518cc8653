import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FormatError, NotFoundError, StorageError } from '../../base/index.js'
import {
  concat,
  graphBuilder,
  inspectModel,
  openSession,
  readModelFile,
  tensor,
  writeModelFile,
  mul,
  type Value,
} from './index.js'
import { modelCodec, type ModelProto } from './proto/messages.js'
import { fromTensorProto } from './tensor-proto.js'

const large = Float64Array.from({ length: 1000 }, (_, i) => i / 7)
const second = Float64Array.from({ length: 300 }, (_, i) => -i)

function model(): ModelProto {
  const g = graphBuilder({ name: 'large' })
  const x = g.input('x', 'float64', [1])
  const parts: Value[] = [large, second].map((data) =>
    mul(g, x, g.initializer('weights', tensor('float64', data))),
  )
  g.output('y', concat(g, parts, 0), 'float64', [1300])
  return g.message()
}

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelwright-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Writes a model whose first constant is said to stand in `location`. */
async function writeReference(location: string, entries: Record<string, string> = {}): Promise<string> {
  const path = join(folder, 'model', 'm.onnx')
  await mkdir(join(folder, 'model'), { recursive: true })
  const proto = model()
  const constant = proto.graph!.initializer!.find((each) => each.rawData!.length === 8000)!
  delete constant.rawData
  constant.dataLocation = 1
  constant.externalData = Object.entries({ location, ...entries }).map(([key, value]) => ({ key, value }))
  await writeFile(path, modelCodec().encode(proto).finish())
  return path
}

describe('model file', () => {
  it('is one file below the limit', async () => {
    const path = join(folder, 'deep', 'm.onnx')
    expect(await writeModelFile(path, model())).toEqual([path])
    expect(await readdir(join(folder, 'deep'))).toEqual(['m.onnx'])
    expect(await readFile(path)).toEqual(Buffer.from(modelCodec().encode(model()).finish()))
  })

  it('puts large constants beside the model above the limit, and reads them back', async () => {
    const path = join(folder, 'm.onnx')
    const message = model()
    expect(await writeModelFile(path, message, { externalAbove: 5000 })).toEqual([path, `${path}.data`])
    expect(message).toEqual(model())
    expect((await readdir(folder)).sort()).toEqual(['m.onnx', 'm.onnx.data'])
    expect((await stat(path)).size).toBeLessThan(1000)
    expect(inspectModel(await readFile(path)).constants).toEqual({ count: 2, bytes: 0, external: 10400 })
    const read = await readModelFile(path)
    expect(read.graph!.initializer!.map((proto) => fromTensorProto(proto).data)).toEqual([large, second])
  })

  it.each(['native', 'wasm'] as const)('runs with constants beside it on %s', async (engine) => {
    const path = join(folder, 'm.onnx')
    await writeModelFile(path, model(), { externalAbove: 0 })
    await using session = await openSession(path, { engine })
    const { y } = await session.run({ x: tensor('float64', [2]) })
    expect(y?.data).toEqual(Float64Array.of(...large, ...second).map((value) => 2 * value))
  })

  it('refuses references that lead out of its folder', async () => {
    await writeFile(join(folder, 'secret'), large)
    const locations = ['../secret', join(folder, 'secret'), 'a/../../secret', '', '..']
    for (const location of locations) {
      const path = await writeReference(location)
      await expect(readModelFile(path), location).rejects.toThrow(FormatError)
      await expect(openSession(path), location).rejects.toThrow(FormatError)
    }
  })

  it('does not look for constants of bytes in the current directory', async () => {
    const bytes = await readFile(await writeReference('package.json'))
    await expect(openSession(bytes)).rejects.toThrow('Open it by its path')
  })

  it('refuses a link that leads out of its folder', async () => {
    await writeFile(join(folder, 'secret'), large)
    const path = await writeReference('link')
    await symlink(join(folder, 'secret'), join(folder, 'model', 'link'))
    await expect(readModelFile(path)).rejects.toThrow('not inside the model')
    await expect(openSession(path)).rejects.toThrow('not inside the model')
  })

  it('says which file is missing or too short', async () => {
    const path = await writeReference('weights.bin', { offset: '0', length: '8000' })
    await expect(readModelFile(path)).rejects.toThrow(NotFoundError)
    await expect(openSession(path)).rejects.toThrow('weights.bin')
    await writeFile(join(folder, 'model', 'weights.bin'), large)
    expect(fromTensorProto((await readModelFile(path)).graph!.initializer![0]!).data).toEqual(large)
    await truncate(join(folder, 'model', 'weights.bin'), 7999)
    await expect(readModelFile(path)).rejects.toMatchObject({ code: 'format', details: { position: 7999 } })
    for (const offset of ['-8', '1.5', 'x', '1e300']) {
      await expect(readModelFile(await writeReference('weights.bin', { offset }))).rejects.toThrow(
        FormatError,
      )
    }
  })

  it('says where it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    for (const externalAbove of [0, 1e9]) {
      const writing = writeModelFile(join(folder, 'file', 'm.onnx'), model(), { externalAbove })
      await expect(writing).rejects.toThrow(StorageError)
    }
  })
})
