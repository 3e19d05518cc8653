import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../../test/golden/numpy-files.json' with { type: 'json' }
import { arrays, damages, type Outcome, outcomeOf } from '../../../../test/support/array-files.js'
import { FormatError, NotFoundError, StorageError } from '../../../base/index.js'
import type { NDArray } from '../array.js'
import { zeros } from '../creation.js'
import { encodeNpy, encodeNpz, readNpy, readNpz, writeNpy, writeNpz } from './index.js'
import { archiveBytes } from './npz.js'

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
const header = (text: string, data: number[] = []): Uint8Array =>
  Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 1, 0, text.length, 0, ...Buffer.from(text), ...data])

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelwright-npy-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('readNpy', () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))('reads %s of NumPy', async (_, one) => {
    const { shape, data } = await readNpy(bytesOf(one.bytes))
    const words = { inf: Infinity, '-inf': -Infinity, nan: NaN } as Record<string, number>
    const expected = one.values.map((value) => (typeof value === 'string' ? words[value]! : Number(value)))
    expect(shape).toEqual(one.shape)
    // Float32 of NumPy stands as float64 in the file of expected values.
    expect(Array.from(data)).toEqual(expected)
  })

  it('takes each type to one that arrays have', async () => {
    const types = Object.fromEntries(
      await Promise.all(
        golden.cases.map(async ({ name, bytes }) => [name, (await readNpy(bytesOf(bytes))).dtype] as const),
      ),
    )
    expect(types).toMatchObject({
      b1: 'bool',
      '<f2': 'float32',
      '<f8': 'float64',
      '<i8': 'int32',
      '>u8': 'uint32',
    })
    expect(types).toMatchObject({ '>u1': 'int32', '<i2': 'int32', '<u4': 'uint32', '<f4': 'float32' })
  })

  it.each(golden.refused.map((one) => [one.name, one.bytes] as const))('refuses %s', async (name, bytes) => {
    const error = await readNpy(bytesOf(bytes)).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(FormatError)
    expect((error as Error).message).toMatch(name === 'objects' ? /Python objects, which are pickled/ : name)
  })

  it('says which 64-bit integer does not fit', async () => {
    const data = [...new Uint8Array(BigInt64Array.of(1n, -(2n ** 31n), 2n ** 31n).buffer)]
    const text = "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }"
    await expect(readNpy(header(text, data))).rejects.toThrow(
      /element 2 is 2147483648, an int64 that does not fit/,
    )
    const negative = [...new Uint8Array(BigInt64Array.of(-(2n ** 31n) - 1n).buffer)]
    await expect(readNpy(header(text.replace('3', '1'), negative))).rejects.toThrow(
      /element 0 is -2147483649/,
    )
    const unsigned = [...new Uint8Array(BigUint64Array.of(2n ** 32n).buffer)]
    await expect(readNpy(header(text.replace('3', '1').replace('i8', 'u8'), unsigned))).rejects.toThrow(
      /element 0 is 4294967296, an uint64/,
    )
  })

  it.each([
    ['', /no dictionary|does not begin with/],
    ['{}', /has no 'fortran_order'/],
    ["{'descr': '<f4', 'fortran_order': 1, 'shape': ()}", /is no dictionary/],
    ["{'descr': '<f4', 'fortran_order': (), 'shape': ()}", /expected True or False/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", /expected a tuple of whole numbers/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", /expected a tuple of whole numbers/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}", /expected a tuple of whole numbers/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': ()} 1", /goes on after its '}'/],
    ["{'descr': '<f4', 'descr': '<f4', 'shape': ()}", /has 'descr' twice/],
    ["{'descr': '<f4' 'fortran_order': False, 'shape': ()}", /lacks a ','/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740993,)}", /expected a tuple/],
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740991, 9007199254740991)}",
      /0 bytes follow/,
    ],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", /expected 8 for f4\[2\]. It was cut/],
  ])('refuses the header %s', async (text, message) => {
    await expect(readNpy(header(text))).rejects.toThrow(message)
    await expect(readNpy(header(text))).rejects.toBeInstanceOf(FormatError)
  })

  it('refuses several arrays in a file, other files, versions, missing files and folders', async () => {
    const bytes = encodeNpy(zeros([2]))
    await expect(readNpy(Buffer.concat([bytes, bytes]))).rejects.toThrow(/numpy\.savez/)
    await expect(readNpy(Buffer.from('PK'))).rejects.toThrow(/does not begin as a \.npy file/)
    await expect(readNpy(bytes.with(6, 4))).rejects.toThrow(/version 4 of the \.npy format/)
    await expect(readNpy(join(folder, 'no.npy'))).rejects.toBeInstanceOf(NotFoundError)
    await expect(readNpy(folder)).rejects.toBeInstanceOf(StorageError)
  })

  it('reads what is written', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, async (array) => {
        expect(await readNpy(encodeNpy(array))).toEqual(array)
      }),
    )
    const path = join(folder, 'deep', 'x.npy')
    await writeNpy(path, zeros([3, 2]))
    expect(await readNpy(path)).toEqual(zeros([3, 2]))
    expect(new Uint8Array(await readFile(path))).toEqual(encodeNpy(zeros([3, 2])))
    expect(await readdir(join(folder, 'deep'))).toEqual(['x.npy'])
  })

  it('gives an array or a FormatError for any damage', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, damages, async (array, damage) => {
        const outcome = await outcomeOf(() => readNpy(damage(encodeNpy(array))))
        expect(outcome.kind).not.toBe('crash')
      }),
      { numRuns: 300 },
    )
  })
})

const named = fc.dictionary(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((name) => !name.includes('\0')),
  arrays,
  { maxKeys: 4 },
)

describe('readNpz', () => {
  it.each(golden.archives.map((one) => [one.name, one.bytes] as const))(
    'reads %s of NumPy',
    async (_, bytes) => {
      const found = await readNpz(bytesOf(bytes))
      const plain = Object.entries(found).map(
        ([name, { shape, data }]) => [name, { shape, values: Array.from(data) }] as const,
      )
      expect(Object.fromEntries(plain)).toEqual(golden.arrays)
      expect(Object.keys(found)).toEqual(Object.keys(golden.arrays))
    },
  )

  it('reads what is written, stored, deflated, and with zip64', async () => {
    const options = fc.record({ compress: fc.boolean(), zip64From: fc.constantFrom(0xffffffff, 100, 0) })
    await fc.assert(
      fc.asyncProperty(named, options, async (given, chosen) => {
        expect(await readNpz(await archiveBytes(given, chosen))).toEqual(given)
      }),
    )
    const path = join(folder, 'x.npz')
    await writeNpz(path, { x: zeros([3, 2]) }, { compress: true })
    expect(await readNpz(path)).toEqual({ x: zeros([3, 2]) })
  })

  it('gives the same arrays or a FormatError for any damage', async () => {
    // What the checksums do not cover: names, and of the first file's header what no reader needs.
    const same = (outcome: Outcome<Record<string, NDArray>>, given: Record<string, NDArray>): void => {
      if (outcome.kind === 'value') expect(Object.values(outcome.value)).toEqual(Object.values(given))
      expect(outcome.kind).not.toBe('crash')
    }
    const options = fc.record({ compress: fc.boolean(), zip64From: fc.constantFrom(0xffffffff, 100) })
    await fc.assert(
      fc.asyncProperty(named, options, damages, async (given, chosen, damage) => {
        const damaged = damage(await archiveBytes(given, chosen))
        same(await outcomeOf(() => readNpz(damaged)), given)
      }),
      { numRuns: 500 },
    )
  })

  it('refuses what is no archive of arrays', async () => {
    await expect(readNpz(new Uint8Array())).rejects.toThrow(/no directory at its end/)
    await expect(readNpz(encodeNpy(zeros([2])))).rejects.toBeInstanceOf(FormatError)
    await expect(encodeNpz({ 'a\0b': zeros([1]) })).rejects.toThrow(/cannot be the name of an array/)
    const bytes = Buffer.from(await encodeNpz({ abcd: zeros([1]) }))
    for (let at = bytes.indexOf('abcd.npy'); at >= 0; at = bytes.indexOf('abcd.npy'))
      bytes.write('read.txt', at)
    await expect(readNpz(bytes)).rejects.toThrow(/'read\.txt' is no array/)
  })

  it('refuses a small archive that would unpack to more than memory can hold', async () => {
    const packed = 16 * 2 ** 20
    await expect(readNpz(archiveThatClaims(packed, packed * 1033))).rejects.toThrow(/cannot have \d+ bytes/)
    const most = readNpz(archiveThatClaims(packed, packed * 1032))
    await expect(most).rejects.toMatchObject({ code: 'memory', details: { bytes: packed * 1032 } })
    await expect(most).rejects.toThrow(/'x\.npy' unpacks to 17314086912 bytes, for which there is no memory/)
  })

  it('leaves nothing behind when it cannot write', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(writeNpz(join(folder, 'file', 'x.npz'), {})).rejects.toBeInstanceOf(StorageError)
  })
})

/** One deflated file that has so many bytes in the archive, and says that it has so many unpacked. */
function archiveThatClaims(packed: number, size: number): Uint8Array {
  const name = Buffer.from('x.npy')
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(name.length, 26)
  const zip64 = Buffer.alloc(12)
  zip64.writeUInt16LE(1, 0)
  zip64.writeUInt16LE(8, 2)
  zip64.writeBigUInt64LE(BigInt(size), 4)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed, 20)
  central.writeUInt32LE(0xffffffff, 24)
  central.writeUInt16LE(name.length, 28)
  central.writeUInt16LE(zip64.length, 30)
  const directory = Buffer.concat([central, name, zip64])
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(local.length + name.length + packed, 16)
  return Buffer.concat([local, name, Buffer.alloc(packed), directory, end])
}
