// Warnings, the serious ones first, each with its evidence.
import { andMore, type Section } from './blocks.js'
import { cut, type Html, html } from './html.js'
import type { ReportAlert } from './report-data.js'

const ORDER = { serious: 0, warning: 1, note: 2 } as const
const SHOWN = 40

/** All findings about the data and the job. */
export function alertsSection(alerts: readonly ReportAlert[]): Section {
  const sorted = alerts.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity])
  return {
    id: 'alerts',
    short: 'Warnings',
    title: 'Warnings',
    body:
      alerts.length === 0
        ? html`<p class="lede">
            Nothing was found that a reader should be warned of: no leak of the target, no column that cannot
            be used.
          </p>`
        : html`<div>${sorted.slice(0, SHOWN).map(alertItem)}</div>
            ${andMore(sorted.length - SHOWN, 'warnings')}`,
  }
}

function alertItem({ severity, column, message, evidence = [], treatment }: ReportAlert): Html {
  return html`<div class="alert">
    <span class="chip ${severity === 'note' ? '' : severity}">${severity}</span>
    <div>
      <p>
        ${column !== undefined && !message.includes(column) && html`<strong>${cut(column)}</strong> `}${message}
      </p>
      ${details(evidence, treatment)}
    </div>
  </div>`
}

/** The evidence, and what was done about it. */
function details(evidence: readonly string[], treatment: string | undefined): Html {
  if (evidence.length === 0 && treatment === undefined) return html``
  const list = evidence.slice(0, 8).map((fact, i) => html`${i > 0 && ' · '}${cut(fact, 200)}`)
  const done =
    treatment === undefined ? '' : html`${evidence.length > 0 && ' · '}<span class="done">${treatment}</span>`
  return html`<p class="quiet">${list}${done}</p>`
}
