import { totalmem } from 'node:os'
import { describe, expect, it } from 'vitest'
import { formatBytes, MemoryError, outOfMemory } from './index.js'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1020 B'],
    [1536, '1.5 KiB'],
    [160e9, '149 GiB'],
    [2 ** 80, '1070000000 PiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('outOfMemory', () => {
  it('says how much was needed and how much there is', () => {
    const error = outOfMemory('matmul', 160e9)
    expect(MemoryError.is(error)).toBe(true)
    expect(error.message).toMatch(
      /^matmul needs 149 GiB; this machine has [\d.]+ GiB, [\d.]+ [KMG]iB of it free\. Give smaller batches/,
    )
    expect(error.details).toMatchObject({ bytes: 160e9, total: totalmem() })
  })

  it('says so where the amount is not known', () => {
    expect(outOfMemory('Conv', undefined).message).toMatch(/^Conv needs more memory than there is;/)
  })
})
