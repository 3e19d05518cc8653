import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { readHead } from './head.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-head-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('unpacks no more of a small file than half a gibibyte to see whether it is whole', async () => {
  const piece = gzipSync(Buffer.alloc(64 * 2 ** 20, 10))
  const [short, long] = [join(folder, 'short.csv.gz'), join(folder, 'long.csv.gz')]
  writeFileSync(short, Buffer.concat([piece, piece.subarray(0, 100)]))
  await expect(readHead(short, 'short')).rejects.toThrow(/damaged or cut off/)
  writeFileSync(long, Buffer.concat([...Array.from({ length: 9 }, () => piece), piece.subarray(0, 100)]))
  expect(await readHead(long, 'long')).toMatchObject({ compressed: true, whole: false })
})

it('reads the head of a large file without the rest', async () => {
  const large = join(folder, 'large.csv.gz')
  // More than 64 MiB, of which the last bytes are missing.
  const bytes = gzipSync(randomBytes(65 * 2 ** 20), { level: constants.Z_NO_COMPRESSION })
  writeFileSync(large, bytes.subarray(0, -10))
  const { bytes: head, whole } = await readHead(large, 'large')
  expect([head.length, whole]).toEqual([2 ** 20, false])
})
