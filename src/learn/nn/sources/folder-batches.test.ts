import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { array, type NDArray, writeNpy } from '../../../engine/graph/index.js'
import type { Batch } from './batch.js'
import { folderBatches } from './folder-batches.js'

let folder = ''
const at = (...names: string[]): string => join(folder, ...names)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelwright-folder-'))
  const write = async (path: string, data: NDArray['data']): Promise<void> => {
    await mkdir(join(path, '..'), { recursive: true })
    await writeNpy(path, array(data, { shape: [2, 1] }))
  }
  await write(at('arrays', 'cat', 'a.npy'), Float64Array.of(1, 2))
  await write(at('arrays', 'cat', 'more', 'b.npy'), Float64Array.of(3, 4))
  await write(at('arrays', 'dog', 'c.npy'), Float64Array.of(5, 6))
  await writeFile(at('arrays', 'dog', '.hidden'), '')
  await writeFile(at('arrays', 'readme.txt'), 'no example')
  await mkdir(at('texts', 'x'), { recursive: true })
  await mkdir(at('texts', 'y'), { recursive: true })
  await mkdir(at('empty'), { recursive: true })
  await writeFile(at('texts', 'x', '1.txt'), '1 2')
  await writeFile(at('texts', 'y', '2.txt'), '1 2 3')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function all(source: (epoch: number) => AsyncIterable<Batch>, epoch = 0): Promise<Batch[]> {
  const found: Batch[] = []
  for await (const batch of source(epoch)) found.push(batch)
  return found
}

describe('folderBatches', () => {
  it('reads arrays, with the folders as classes', async () => {
    const source = await folderBatches(at('arrays'), { batchSize: 2, shuffle: false })
    expect(source.classes).toEqual(['cat', 'dog'])
    expect(source.files).toEqual([
      at('arrays', 'cat', 'a.npy'),
      at('arrays', 'cat', 'more', 'b.npy'),
      at('arrays', 'dog', 'c.npy'),
    ])
    expect(source.batchCount).toBe(2)
    const [first, second] = await all(source)
    expect(first!['x']).toEqual({ dtype: 'float32', shape: [2, 2, 1], data: Float32Array.of(1, 2, 3, 4) })
    expect(first!['y']!.data).toEqual(Int32Array.of(0, 0))
    expect(second!['y']!.data).toEqual(Int32Array.of(1))
  })

  it('comes in another order in each epoch, the same for the same seed', async () => {
    const source = await folderBatches(at('arrays'), { batchSize: 3, seed: 4 })
    const orders = await Promise.all(
      [0, 0, 1, 2, 3].map(async (epoch) => (await all(source, epoch))[0]!['x']!.data.join()),
    )
    expect(orders[0]).toBe(orders[1])
    expect(new Set(orders).size).toBeGreaterThan(1)
  })

  it('decodes as it is told', async () => {
    const { readFile } = await import('node:fs/promises')
    const decode = async (path: string): Promise<NDArray> =>
      array((await readFile(path, 'utf8')).split(' ').slice(0, 2).map(Number))
    const [batch] = await all(await folderBatches(at('texts'), { batchSize: 2, shuffle: false, decode }))
    expect(batch!['x']!.shape).toEqual([2, 2])
    const ragged = async (path: string): Promise<NDArray> =>
      array((await readFile(path, 'utf8')).split(' ').map(Number))
    await expect(
      all(await folderBatches(at('texts'), { batchSize: 2, shuffle: false, decode: ragged })),
    ).rejects.toThrow(/2\.txt' is float32\[3\], expected float32\[2\] as '.*1\.txt' is/)
    const failing = (): NDArray => {
      throw new Error('no such picture')
    }
    await expect(all(await folderBatches(at('texts'), { batchSize: 2, decode: failing }))).rejects.toThrow(
      /\.txt' cannot be decoded: no such picture/,
    )
  })

  it('says what is missing', async () => {
    await expect(folderBatches(at('texts'), { batchSize: 2 })).rejects.toThrow(
      /1\.txt' is no \.npy file.*decode/,
    )
    await expect(folderBatches(at('none'), { batchSize: 2 })).rejects.toThrow(/There is no folder/)
    await expect(folderBatches(at('empty'), { batchSize: 2 })).rejects.toThrow(/no file is in a folder of/)
    await expect(folderBatches(at('arrays'), { batchSize: 2, extensions: ['.png'] })).rejects.toThrow(
      /no file/,
    )
    await expect(folderBatches(at('arrays'), { batchSize: 2, classes: ['cat'] })).rejects.toThrow(
      /has a folder 'dog', expected the classes cat/,
    )
  })
})
