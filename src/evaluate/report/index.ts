export { leakageAlerts, profileAlerts, profileData } from './from-findings.js'
export type * from './profile-data.js'
export { profileHtml, renderReport } from './render-report.js'
export type * from './report-data.js'
