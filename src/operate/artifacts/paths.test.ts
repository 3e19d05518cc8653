import fc from 'fast-check'
import { posix, win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkFolder, checkPath, checkRoot } from './paths.js'

describe('a path of an artifact', () => {
  it.each([
    'model.onnx',
    'plots/loss curve.svg',
    'a/b/c/d/e',
    '100%.csv',
    '50%25 off.txt',
    'größe/Ωμέγα/数.txt',
    '..data',
    'a/..b/c..',
    '.hidden',
    'ab:c',
    'x'.repeat(255),
    '#1',
    "it's; drop table artifacts",
  ])('%s is a name', (path) => {
    expect(checkPath(path)).toBe(path)
    expect(checkFolder(`${path}/`)).toBe(path)
  })

  it.each([
    ['', /is empty/],
    ['..', /holds '\.' or '\.\.'/],
    ['../x', /holds '\.' or '\.\.'/],
    ['a/../../etc/passwd', /holds '\.' or '\.\.'/],
    ['a/./b', /holds '\.' or '\.\.'/],
    ['/etc/passwd', /is absolute/],
    ['//host/share', /is absolute/],
    ['C:/windows', /letter of a drive/],
    ['c:x', /letter of a drive/],
    ['a\\..\\b', /backslash/],
    ['a\0.png', /control character/],
    ['a\nb', /control character/],
    ['a\u009bb', /control character/],
    ['a//b', /empty name/],
    ['a/', /empty name/],
    ['%2e%2e/x', /holds '\.' or '\.\.' once it is decoded/],
    ['%252e%252e%252fx', /once it is decoded/],
    ['a%2f..%2fb', /once it is decoded/],
    ['a%5c..%5cb', /backslash once it is decoded/],
    ['%2Fetc/passwd', /absolute once it is decoded/],
    ['a%00', /control character once it is decoded/],
    [`%${'25'.repeat(9)}2e%2e`, /once it is decoded|encoded many times/],
    ['\ud800', /no well-formed text/],
    ['x'.repeat(256), /name of more than 255 bytes/],
    ['ö'.repeat(128), /name of more than 255 bytes/],
    ['a/'.repeat(512) + 'b', /more than 1024 bytes/],
  ])('%j is refused', (path, reason) => {
    expect(() => checkPath(path)).toThrow(reason)
    expect(() => checkRoot(path)).toThrow(/[Rr]eceived|argument|Give/)
    // What is told may be printed: it holds nothing that moves a cursor.
    try {
      checkPath(path)
    } catch (error) {
      expect((error as Error).message).not.toMatch(/\p{Cc}/u)
    }
  })

  it('leads nowhere else on any system, also once decoded by others', () => {
    const pieces = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      '%25',
      '%',
      'a',
      'C:',
      '\0',
      '25',
      '2e',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const path = parts.join('')
        let accepted: string
        try {
          accepted = checkPath(path)
        } catch {
          return
        }
        for (let i = 0; i < 4; i++) {
          expect(posix.join('/root', accepted).startsWith('/root/')).toBe(true)
          expect(win32.join('D:\\root', accepted).startsWith('D:\\root\\')).toBe(true)
          expect(win32.resolve('D:\\root', accepted).startsWith('D:\\root\\')).toBe(true)
          try {
            accepted = decodeURIComponent(accepted)
          } catch {
            return
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps roots of the store to itself', () => {
    expect(checkRoot('models/Größe 1/3')).toBe('models/Größe 1/3')
    expect(() => checkRoot('.pins')).toThrow(/begins with a dot/)
  })
})
