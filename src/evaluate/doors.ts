// The report. Its sections and plots are loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../base/index.js'

/**
 * Renders a report as one self-contained HTML file: no request, no script, light and dark, printable.
 *
 * @param report - plain JSON data, see {@link Report}; the same report gives the same bytes
 * @returns the text of the file
 */
export const renderReport = lazily(async () => (await import('./report/index.js')).renderReport)
