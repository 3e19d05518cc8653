import { describe, expect, it } from 'vitest'
import { plainText, wrapped } from './style.js'

describe('wrapped', () => {
  it('breaks between words, and indents what follows', () => {
    expect(wrapped('! one two three four', 10, '  ')).toEqual(['! one two', '  three', '  four'])
    expect(wrapped('short', 10)).toEqual(['short'])
    expect(wrapped('a incomprehensibilities b', 8)).toEqual(['a', 'incomprehensibilities', 'b'])
  })

  it('does not count colours', () => {
    const yellow = '\u001B[33m!\u001B[39m'
    expect(wrapped(`${yellow} one two`, 9)).toEqual([`${yellow} one two`])
    expect(plainText(yellow)).toBe('!')
  })
})
