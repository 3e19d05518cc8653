// Markup that cannot be broken by data: everything put into a template is escaped unless it is markup made here.

/** A piece of markup. */
export interface Html {
  readonly markup: string
}

/** What may stand in a template; lists are joined, `undefined` and `false` leave nothing. */
type Part = Html | string | number | undefined | false | readonly Part[]

/** Line breaks and indentation of the source code: one white space to HTML. */
const INDENT = /[ \t]*\n\s*/g

/** Builds markup; texts and numbers are escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const texts = withoutIndent(strings)
  let markup = texts[0] ?? ''
  for (let i = 0; i < parts.length; i++) markup += render(parts[i]) + (texts[i + 1] ?? '')
  return { markup }
}

const written = new WeakMap<TemplateStringsArray, readonly string[]>()

/** Each template is cleaned once, however often it is filled. */
function withoutIndent(strings: TemplateStringsArray): readonly string[] {
  const known = written.get(strings)
  if (known !== undefined) return known
  const clean = strings.map((text) => text.replace(INDENT, '\n'))
  written.set(strings, clean)
  return clean
}

function render(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  if ('markup' in part) return part.markup
  return part.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes for text and for quoted attributes; control characters, which HTML forbids, become a replacement sign. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter]!)
    .replace(/\p{Cc}/gu, (letter) => (/[\t\n\r]/.test(letter) ? letter : '\ufffd'))

/** Takes markup as it is: only for what was drawn or written here. */
export const trusted = (markup: string): Html => ({ markup })

/** A name from the data, cut when long; the whole stands in its title. */
export function cut(text: string, letters = 40): Html {
  if (text.length <= letters) return html`${text}`
  // A title longer than this helps nobody, and a field of 10 MB would be split into its letters.
  const head = Array.from(text.slice(0, 500))
  if (head.length <= letters) return html`${text}`
  const title = text.length > 500 ? `${head.join('')}…` : text
  const start = head
    .slice(0, letters - 1)
    .join('')
    .trimEnd()
  return html`<span title="${title}">${start}…</span>`
}
