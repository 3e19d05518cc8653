export * from './doors.js'
export type { ModelSource, PathSource, SourceListing, SourceVersion } from './model-source.js'
export type * from './service.js'
export type { ServiceOptions } from './service-options.js'
