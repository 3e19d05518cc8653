export type { Gain, SliceGain } from './compare-on-data.js'
export type { Compatibility, CompatibilityVerdict, SignatureChange } from './compatibility.js'
export type { DiffEntry, VersionDiff } from './diff.js'
export * from './doors.js'
export type { Gate, GivenGate, SliceRule } from './gate.js'
export type { BundleFacts } from './inspect-bundle.js'
export type { Lineage, LineageCode, LineageRun } from './lineage.js'
export type { LineageEdge, LineageGraph, LineageNode, LineageNodeKind } from './lineage-graph.js'
export { type DownloadedModel, type ModelKind, placeOf, type RegistryArtifacts } from './model-files.js'
export {
  type RegistryListing,
  type RegistrySource,
  registrySource,
  type RegistrySourceOptions,
  type RegistrySourceVersion,
} from './model-source.js'
export { checkAlias, checkModelName, checkTags, isReservedAlias } from './names.js'
export type { PromoteOptions, Promotion, RunFile } from './promote.js'
export { type ModelReference, parseReference, resolveVersion } from './reference.js'
export type { RegisterOptions, RunBundle } from './register.js'
export type { HistoryOptions, Note, Reference, Registry, RegistryOptions } from './registry.js'
export type { RollbackOptions } from './rollback.js'
export type { ModelSignature } from './signature.js'
export type { GateCheck, Verdict, VerdictData } from './verdict.js'
