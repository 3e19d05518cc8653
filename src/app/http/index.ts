export type { ComposedServer, ComposeOptions } from './compose.js'
export * from './doors.js'
