import { mkdtemp, open, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrays, damages, outcomeOf } from '../../../../test/support/array-files.js'
import { FormatError, type ModelwrightError, NotFoundError, UsageError } from '../../../base/index.js'
import { array, type NDArray } from '../array.js'
import { ones, zeros } from '../creation.js'
import { encodeSafetensors, openSafetensors, writeSafetensors, writeShardedSafetensors } from './index.js'

/** A file by its header and the bytes of its tensors. */
function fileOf(header: string, bytes: Uint8Array | number[] = [], length?: number): Uint8Array {
  const text = Buffer.from(header)
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(BigInt(length ?? text.length))
  return new Uint8Array(Buffer.concat([head, text, Uint8Array.from(bytes)]))
}

const one = (type: string, shape: string, offsets: string): string =>
  `{"x":{"dtype":"${type}","shape":${shape},"data_offsets":${offsets}}}`

async function readAll(source: string | Uint8Array): Promise<Record<string, NDArray>> {
  const file = await openSafetensors(source)
  const found: [string, NDArray][] = []
  for (const name of file.tensors.keys()) found.push([name, await file.read(name)])
  await file.close()
  return Object.fromEntries(found)
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelwright-safetensors-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('openSafetensors', () => {
  const stored: [string, ArrayLike<number> & ArrayBufferView, string, number[]][] = [
    ['BOOL', Uint8Array.of(0, 1, 2), 'bool', [0, 1, 1]],
    ['U8', Uint8Array.of(0, 255), 'int32', [0, 255]],
    ['I8', Int8Array.of(-128, 127), 'int32', [-128, 127]],
    ['U16', Uint16Array.of(65_535), 'int32', [65_535]],
    ['I16', Int16Array.of(-32_768), 'int32', [-32_768]],
    ['U32', Uint32Array.of(2 ** 32 - 1), 'uint32', [2 ** 32 - 1]],
    ['I32', Int32Array.of(-(2 ** 31)), 'int32', [-(2 ** 31)]],
    // 1, −2, the largest, the smallest below 1 in 1,024ths, infinity; bits by the standard.
    [
      'F16',
      Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00),
      'float32',
      [1, -2, 65_504, 2 ** -24, Infinity],
    ],
    ['BF16', Uint16Array.of(0x3f80, 0xc000, 0x4049, 0xff80), 'float32', [1, -2, 3.140625, -Infinity]],
    ['F32', Float32Array.of(0.5, -0), 'float32', [0.5, -0]],
    ['F64', Float64Array.of(1 / 3), 'float64', [1 / 3]],
  ]

  it.each(stored)('reads %s', async (type, data, dtype, values) => {
    const header = one(type, `[${data.length}]`, `[0,${data.byteLength}]`)
    const file = await openSafetensors(fileOf(header, new Uint8Array(data.buffer)))
    const x = await file.read('x')
    expect([x.dtype, x.shape, Array.from(x.data)]).toEqual([dtype, [values.length], values])
    const single = await file.read('x', { dtype: 'float32' })
    expect([single.dtype, Array.from(single.data)]).toEqual([
      'float32',
      Array.from(Float32Array.from(values)),
    ])
  })

  it('reads 64-bit integers that fit, and any as float32', async () => {
    const file = (type: string, data: BigInt64Array | BigUint64Array): Uint8Array =>
      fileOf(one(type, `[${data.length}]`, `[0,${data.byteLength}]`), new Uint8Array(data.buffer))
    const small = await openSafetensors(file('I64', BigInt64Array.of(-1n, 2n ** 31n - 1n)))
    expect((await small.read('x')).data).toEqual(Int32Array.of(-1, 2 ** 31 - 1))
    const large = await openSafetensors(file('U64', BigUint64Array.of(2n ** 40n)))
    await expect(large.read('x')).rejects.toThrow(
      /tensor 'x': element 0 is 1099511627776, an uint64 that does not fit/,
    )
    expect((await large.read('x', { dtype: 'float32' })).data).toEqual(Float32Array.of(2 ** 40))
  })

  it('reads what is written, with metadata', async () => {
    const named = fc.dictionary(
      fc.string({ unit: 'grapheme', maxLength: 8 }).filter((name) => name !== '__metadata__'),
      arrays,
      { maxKeys: 4 },
    )
    const texts = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
      maxKeys: 3,
    })
    await fc.assert(
      fc.asyncProperty(named, texts, async (given, metadata) => {
        const bytes = encodeSafetensors(given, metadata)
        expect(await readAll(bytes)).toEqual(given)
        expect({ ...(await openSafetensors(bytes)).metadata }).toEqual({ ...metadata })
      }),
    )
  })

  it('gives tensors or a FormatError for any damage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), arrays, { maxKeys: 3 }), damages, async (given, damage) => {
        const outcome = await outcomeOf(() => readAll(damage(encodeSafetensors(given))))
        expect(outcome.kind).not.toBe('crash')
      }),
      { numRuns: 500 },
    )
  })

  it('never takes arbitrary bytes for more than they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.json(), async (bytes, json) => {
        expect((await outcomeOf(() => readAll(bytes))).kind).not.toBe('crash')
        expect((await outcomeOf(() => readAll(fileOf(json, bytes)))).kind).not.toBe('crash')
      }),
      { numRuns: 300 },
    )
  })

  it.each<[string, Uint8Array, RegExp, number]>([
    ['too short', Uint8Array.of(1, 0), /ends before the length/, 2],
    ['a header of 2 GB', fileOf('{}', [], 2 ** 31), /would have 2147483648 bytes, more than 100000000/, 0],
    ['a header beyond the end', fileOf('{}', [], 50), /would have 50 bytes, but 2 follow/, 0],
    ['no object', fileOf('[]'), /the header is no object/, 8],
    ['no JSON', fileOf('{"x":}'), /lacks a value/, 13],
    ['a word', fileOf('{"x":nil}'), /has 'nil', which is no JSON/, 13],
    ['no comma', fileOf('{"x":1 "y":2}'), /lacks a ',' or '}'/, 15],
    ['no colon', fileOf('{"x" 1}'), /lacks a ':'/, 13],
    ['no quotes', fileOf('{x:1}'), /lacks a name in quotes/, 9],
    ['an endless text', fileOf('{"x'), /a text without an end/, 9],
    ['a wrong escape', fileOf(String.raw`{"\x":1}`), /wrong escape/, 9],
    ['an open list', fileOf('{"x":[1,2'), /lacks a ',' or '\]'/, 17],
    ['more after the end', fileOf('{} {}'), /goes on after its end/, 11],
    ['deep nesting', fileOf('['.repeat(5000)), /deeper than 32/, 41],
    ['a name twice', fileOf('{"x":1,"x":2}'), /has the name 'x' twice/, 15],
    ['metadata that are no texts', fileOf('{"__metadata__":{"a":1}}'), /metadata 'a' that is no text/, 29],
    ['metadata that are a list', fileOf('{"__metadata__":[]}'), /no object of texts/, 24],
    ['a tensor that is no object', fileOf('{"x":1}'), /tells of 'x' by no object/, 13],
    ['no type', fileOf('{"x":{}}'), /tells no 'dtype' of 'x'/, 13],
    [
      'an unknown type',
      fileOf(one('F8_E4M3', '[1]', '[0,1]'), [0]),
      /of type "F8_E4M3", expected one of BOOL, U8/,
      22,
    ],
    ['a name of Object', fileOf(one('toString', '[1]', '[0,1]'), [0]), /of type "toString"/, 22],
    ['a negative size', fileOf(one('U8', '[-1]', '[0,1]'), [0]), /the shape of 'x' as no list of whole/, 35],
    ['a fraction', fileOf(one('U8', '[1]', '[0,1.5]'), [0]), /the data_offsets of 'x' as no list/, 54],
    ['three offsets', fileOf(one('U8', '[1]', '[0,1,1]'), [0]), /no \[begin, end\]/, 54],
    ['backward offsets', fileOf(one('U8', '[1]', '[1,0]'), [0]), /no \[begin, end\]/, 54],
    [
      'another size',
      fileOf(one('F32', '[2]', '[0,4]'), [0, 0, 0, 0]),
      /gives 'x' 4 bytes, expected 8 for F32\[2\]/,
      55,
    ],
    [
      'an overflow',
      fileOf(one('F32', '[9007199254740991,9007199254740991]', '[0,4]'), [0, 0, 0, 0]),
      /expected/,
      87,
    ],
    [
      'offsets out of the file',
      fileOf(one('U8', '[4]', '[0,4]'), [0]),
      /end at offset 4, but 1 bytes follow/,
      13,
    ],
    [
      'bytes of no tensor',
      fileOf(one('U8', '[1]', '[0,1]'), [0, 0]),
      /tells of 1 bytes of tensors, but 2 follow/,
      8,
    ],
    [
      'a gap',
      fileOf(one('U8', '[1]', '[1,2]'), [0, 0]),
      /leaves the bytes from offset 0 to 1, before 'x'/,
      13,
    ],
    [
      'an overlap',
      fileOf(
        `${one('U8', '[2]', '[0,2]').slice(0, -1)},${one('U8', '[2]', '[1,3]').slice(1).replace('x', 'y')}`,
        [0, 0, 0],
      ),
      /lets 'y' begin at offset 1, inside of another tensor, which ends at 2/,
      65,
    ],
  ])('refuses %s', async (_, bytes, message, position) => {
    const error = (await openSafetensors(bytes).catch((fault: unknown) => fault)) as ModelwrightError
    expect(error).toBeInstanceOf(FormatError)
    expect(error.message).toMatch(message)
    expect(error.details['position']).toBe(position)
    expect(error.message).toContain(`byte ${position}`)
  })

  it('refuses pickles and says how to convert them', async () => {
    await expect(openSafetensors('/a/pytorch_model.bin')).rejects.toThrow(
      /'pytorch_model\.bin' is a pickle.*safetensors\.torch\.save_file\(torch\.load\('pytorch_model\.bin', .*'pytorch_model\.safetensors'\)/,
    )
    for (const name of ['x.pt', 'x.PTH', 'x.ckpt', 'x.pkl'])
      await expect(openSafetensors(name)).rejects.toBeInstanceOf(FormatError)
  })

  it('reads only what it is asked for', async () => {
    const path = join(folder, 'sparse.safetensors')
    // A file of 100 GB that takes no room: a hole between the header and the last four bytes.
    const hole = 100 * 2 ** 30
    const header = `{"hole":{"dtype":"U8","shape":[${hole}],"data_offsets":[0,${hole}]},"x":{"dtype":"F32","shape":[],"data_offsets":[${hole},${hole + 4}]}}`
    const head = fileOf(header)
    await writeFile(path, head)
    const file = await open(path, 'r+')
    await file.write(new Uint8Array(Float32Array.of(7).buffer), 0, 4, head.length + hole)
    await file.close()
    const opened = await openSafetensors(path)
    expect(Array.from((await opened.read('x')).data)).toEqual([7])
    await truncate(path, 1000)
    await expect(opened.read('x')).rejects.toThrow(/ends after/)
    await opened.close()
    await rm(path)
  })

  it('names the nearest tensor for one that is not there, and missing files', async () => {
    const file = await openSafetensors(encodeSafetensors({ 'layer.weight': zeros([1]) }))
    await expect(file.read('layer.wieght')).rejects.toThrow(/Did you mean 'layer\.weight'\?/)
    await expect(file.read('layer.wieght')).rejects.toBeInstanceOf(NotFoundError)
    await expect(openSafetensors(join(folder, 'no.safetensors'))).rejects.toBeInstanceOf(NotFoundError)
  })
})

describe('a set of files', () => {
  const index = (map: object): Promise<void> =>
    writeFile(
      join(folder, 'model.safetensors.index.json'),
      JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }),
    )
  const path = (): string => join(folder, 'model.safetensors.index.json')

  it('reads each tensor from its file', async () => {
    await writeSafetensors(
      join(folder, 'a.safetensors'),
      { x: zeros([2]), tied: ones([1]) },
      { format: 'pt' },
    )
    await writeSafetensors(join(folder, 'b.safetensors'), { y: ones([2]), tied: ones([1]) })
    await index({ y: 'b.safetensors', x: 'a.safetensors', tied: 'a.safetensors' })
    expect(await readAll(path())).toEqual({ x: zeros([2]), y: ones([2]), tied: ones([1]) })
    const file = await openSafetensors(path())
    expect([...file.tensors.keys()]).toEqual(['y', 'x', 'tied'])
    expect(file.metadata).toEqual({ format: 'pt' })
    await expect(file.read('z')).rejects.toBeInstanceOf(NotFoundError)
    await file.close()
  })

  it('is written by size, with its index', async () => {
    const set = join(folder, 'set')
    const given = { a: ones([4]), b: zeros([1]), c: ones([100]), d: ones([3]) }
    const found = await writeShardedSafetensors(set, given, { shardBytes: 20, metadata: { format: 'pt' } })
    expect(await readdir(set)).toEqual([
      ...[1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`),
      'model.safetensors.index.json',
    ])
    expect(await readAll(found)).toEqual(given)
    expect(await readAll(join(set, 'model-00001-of-00003.safetensors'))).toEqual({ a: given.a, b: given.b })
    expect(await readAll(await writeShardedSafetensors(join(folder, 'empty'), {}))).toEqual({})
  })

  it('lists all that is missing, and stays in its folder', async () => {
    await index({ x: 'a.safetensors', p: 'a.safetensors', q: 'b.safetensors' })
    await expect(openSafetensors(path())).rejects.toThrow(/'p' in 'a\.safetensors', 'q' in 'b\.safetensors'/)
    for (const file of ['../a.safetensors', '/etc/passwd', String.raw`..\a.safetensors`, 1, 'a.bin']) {
      await index({ x: file })
      await expect(openSafetensors(path())).rejects.toThrow(/expected a \.safetensors file beside it/)
    }
    await index({ x: 'c.safetensors' })
    await expect(openSafetensors(path())).rejects.toBeInstanceOf(NotFoundError)
    await writeFile(path(), '{}')
    await expect(openSafetensors(path())).rejects.toThrow(/has no 'weight_map'/)
    await writeFile(path(), '{"weight_map": {')
    await expect(openSafetensors(path())).rejects.toThrow(/byte 16: the index lacks a name/)
  })
})

describe('writeSafetensors', () => {
  it('aligns elements and gives equal bytes for equal arrays', async () => {
    const given = { flags: array([true]), doubles: array(Float64Array.of(1)), floats: array([1, 2, 3]) }
    const bytes = encodeSafetensors(given)
    const file = await openSafetensors(bytes)
    expect([...file.tensors].map(([name, { position }]) => [name, position % 8])).toEqual([
      ['doubles', 0],
      ['floats', 0],
      ['flags', 4],
    ])
    const path = join(folder, 'deep', 'x.safetensors')
    await writeSafetensors(path, given)
    expect(await readAll(path)).toEqual(given)
    expect(encodeSafetensors(given)).toEqual(bytes)
    expect(await readdir(join(folder, 'deep'))).toEqual(['x.safetensors'])
  })

  it('refuses names and metadata that the format has no room for', () => {
    expect(() => encodeSafetensors({ __metadata__: zeros([1]) })).toThrow(UsageError)
    expect(() => encodeSafetensors({ '\ud800': zeros([1]) })).toThrow(/no tensor can be called/)
    expect(() => encodeSafetensors({}, { epoch: 3 as unknown as string })).toThrow(/JSON\.stringify/)
  })
})
