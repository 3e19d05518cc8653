// The report as one file, and the profile of a table as a page of its own.
import { alertsSection } from './alerts-section.js'
import type { Section } from './blocks.js'
import { cardSection } from './card-section.js'
import { confusionSection } from './confusion-section.js'
import { curvesSection } from './curves-section.js'
import { count } from './format.js'
import { cut, html } from './html.js'
import { importanceSection } from './importance-section.js'
import { ladderSection } from './ladder-section.js'
import { learningSection } from './learning-section.js'
import { metricsSection } from './metrics-section.js'
import { page } from './page.js'
import type { DataProfile } from './profile-data.js'
import { profileSection } from './profile-section.js'
import type { ReportAlert, Report } from './report-data.js'
import { environmentSection, reproductionSection } from './reproduction-section.js'
import { residualsSection } from './residuals-section.js'
import { slicesSection } from './slices-section.js'
import { thresholdSection } from './threshold-section.js'
import { header } from './verdict.js'

/**
 * Renders a report as one self-contained HTML file: no request, no script, light and dark, printable.
 *
 * Plots are drawn by Vega, which is loaded on the first call. Everything from the data is escaped. The same report gives
 * the same bytes. Cost: about a second, half of it loading Vega; 0.1 to 0.4 MB of text.
 *
 * @param report - plain JSON data, see {@link Report}
 * @returns the text of the file
 */
export async function renderReport(report: Report): Promise<string> {
  const { classification, regression, importance, slices, learning, profile } = report
  const sections: Section[] = [await ladderSection(report), await metricsSection(report)]
  if (classification !== undefined) {
    sections.push(await confusionSection(report, classification), await curvesSection(report, classification))
    if (classification.thresholds !== undefined)
      sections.push(await thresholdSection(report, classification.thresholds))
  }
  if (regression !== undefined) sections.push(await residualsSection(report, regression))
  if (importance !== undefined) sections.push(await importanceSection(importance))
  if (slices !== undefined && slices.worst.length > 0) sections.push(await slicesSection(slices))
  if (learning !== undefined) sections.push(await learningSection(report, learning))
  sections.push(alertsSection(report.alerts))
  if (profile !== undefined) sections.push(await profileSection(profile))
  sections.push(reproductionSection(report), cardSection(report), environmentSection(report))
  return page(`Predicting ${report.job.target}: model report`, header(report), sections)
}

/**
 * Renders the profile of a table as a page of its own, with the same care.
 *
 * @param alerts - findings about the data; none when left out
 */
export async function profileHtml(
  profile: DataProfile,
  alerts: readonly ReportAlert[] = [],
): Promise<string> {
  const head = html`<header>
    <p class="overline">Data profile</p>
    <h1>${cut(profile.source, 60)}</h1>
    <p class="verdict">${count(profile.rows)} rows, ${count(profile.columns.length)} columns.</p>
  </header>`
  return page(`${profile.source}: data profile`, head, [alertsSection(alerts), await profileSection(profile)])
}
