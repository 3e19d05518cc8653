// The frame of a page: one file, no requests, no scripts.
import type { Section } from './blocks.js'
import { type Html, html, trusted } from './html.js'
import { pageStyle } from './style.js'
import { tableStyle } from './table-style.js'

/** Nothing may be loaded and nothing may run, whatever the data holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** A whole page as text. */
export function page(title: string, head: Html, sections: readonly Section[]): string {
  const contents = sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)
  const body = sections.map(
    ({ id, title: heading, body: content }) =>
      html`<section id="${id}" aria-labelledby="${id}-heading">
        <h2 id="${id}-heading">${heading}</h2>
        ${content}
      </section> `,
  )
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${trusted(`${pageStyle}\n${tableStyle}`)}
        </style>
      </head>
      <body>
        ${head}
        ${
          sections.length > 1 &&
          html`<nav aria-label="Contents">
            <ul>
              ${contents}
            </ul>
          </nav>`
        }
        <main>${body}</main>
        <footer>
          Made by Modelwright. This file is complete in itself: it loads nothing and runs nothing.
        </footer>
      </body>
    </html> `.markup
}
