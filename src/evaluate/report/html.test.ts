import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, escapeHtml, html, trusted } from './html.js'

const unescape = (text: string): string =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!,
  )

/** Texts of the letters that could break markup. */
const hostile = fc
  .array(fc.constantFrom(...Array.from('<>&"\'`=/;#\0\n\u2028é😀a')), { maxLength: 40 })
  .map((letters) => letters.join(''))

describe('html', () => {
  it('escapes whatever is put in, in text and in attributes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { markup } = html`<b title="${text}">${text}</b>`
        const [, title, body] = /^<b title="([^"<>]*)">([^<>]*)<\/b>$/s.exec(markup) ?? []
        expect(title).toBe(body)
        expect(unescape(body!)).toBe(unescape(escapeHtml(text)))
      }),
    )
  })

  it('joins lists, leaves out nothing-values and keeps markup made here', () => {
    expect(html`${[html`<i>a</i>`, '<', 1]}${undefined}${false}${trusted('<hr>')}`.markup).toBe(
      '<i>a</i>&lt;1<hr>',
    )
  })

  it('replaces control characters', () => {
    expect(escapeHtml('a\0b\x1fc\nd')).toBe('a\ufffdb\ufffdc\nd')
  })
})

describe('cut', () => {
  it('cuts long names and keeps the whole in the title', () => {
    expect(cut('short').markup).toBe('short')
    expect(cut('a"'.repeat(30), 5).markup).toMatch(
      /^<span title="(a&quot;){30}"\s*>a&quot;a&quot;…<\/span\s*>$/,
    )
    expect(cut('x'.repeat(10_000_000)).markup.length).toBeLessThan(700)
  })
})
