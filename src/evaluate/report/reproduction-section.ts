// How to get the same model again, and where it was made.
import { facts, type Section } from './blocks.js'
import { count, duration } from './format.js'
import { cut, html } from './html.js'
import type { Report } from './report-data.js'

/** A recipe longer than this is cut: the bundle has the whole. */
const RECIPE_LETTERS = 20_000

/** Commands, seed, hash, versions and the recipe. */
export function reproductionSection({ reproduction, data, job }: Report): Section {
  const { commands, seed, versions, recipe } = reproduction
  const text = JSON.stringify(recipe, undefined, 2) ?? 'null'
  return {
    id: 'reproduce',
    short: 'Reproduce',
    title: 'How to get this again',
    body: html`<pre><code>${commands.join('\n')}</code></pre>
      ${facts([
        ['Seed', String(seed)],
        ['Data', html`${cut(data.source, 80)}, ${count(data.rows)} rows`],
        ['SHA-256', html`<code class="hash">${data.hash}</code>`],
        [
          'Split',
          `${data.split}: ${data.parts.map((part) => `${count(part.rows)} ${part.name}`).join(', ')}; ${data.folds} folds`,
        ],
        ['Took', duration(job.seconds)],
        [
          'Versions',
          Object.entries(versions)
            .map(([name, version]) => `${name} ${version}`)
            .join(' · '),
        ],
      ])}
      <details>
        <summary>The resolved recipe</summary>
        <pre><code>${text.length > RECIPE_LETTERS ? `${text.slice(0, RECIPE_LETTERS)}\n…` : text}</code></pre>
      </details>`,
  }
}

/** The machine and its engines. */
export function environmentSection({ environment }: Report): Section {
  return {
    id: 'environment',
    short: 'Environment',
    title: 'Environment',
    body: facts(Object.entries(environment)),
  }
}
