// Markup that cannot be broken by data: everything put into a template is escaped unless it is markup made here.

/** A piece of markup. */
export interface Html {
  readonly markup: string
}

/** What may stand in a template; lists are joined, `undefined` and `false` leave nothing. */
type Part = Html | string | number | undefined | false | readonly Part[]

/** Builds markup; texts and numbers are escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? ''
  for (let i = 0; i < parts.length; i++) markup += render(parts[i]) + (strings[i + 1] ?? '')
  return { markup }
}

function render(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string') return escapeHtml(part)
  if (typeof part === 'number') return String(part)
  if ('markup' in part) return part.markup
  return part.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes for text and for quoted attributes; control characters, which HTML forbids, become a replacement sign. */
export function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '\ufffd')
}

/** Takes markup as it is: only for what was drawn or written here. */
export const trusted = (markup: string): Html => ({ markup })

/** A name from the data, cut when long; the whole stands in its title. */
export function cut(text: string, letters = 40): Html {
  const all = [...text]
  if (all.length <= letters) return html`${text}`
  // A title longer than this helps nobody and a 10 MB value would double the page.
  const title = all.length > 500 ? `${all.slice(0, 499).join('')}…` : text
  return html`<span title="${title}">${all.slice(0, letters - 1).join('').trimEnd()}…</span>`
}
