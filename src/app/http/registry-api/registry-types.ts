// What the page and the server say to each other about the registry. Only types: nothing of the server comes with them.
import type {
  Lineage,
  LineageGraph,
  ModelSignature,
  Verdict,
  VersionDiff,
} from '../../../operate/registry/index.js'
import type { ModelEvent, ModelVersion, RegisteredModel } from '../../../operate/store/index.js'

/** A version with its signature and lineage; both are absent where it is no bundle. */
export interface VersionData extends Omit<ModelVersion, 'signature' | 'lineage'> {
  readonly signature?: ModelSignature
  readonly lineage?: Lineage
}

export interface ModelData extends Omit<RegisteredModel, 'latestVersions'> {
  /** The newest version in each stage. */
  readonly latestVersions: readonly VersionData[]
}

export interface ModelList {
  readonly models: readonly ModelData[]
  readonly nextPageToken: string | null
}

export interface VersionList {
  readonly versions: readonly VersionData[]
}

export interface PromotionAnswer {
  readonly version: VersionData
  readonly verdict: Verdict
  readonly forced: boolean
}

export interface EventList {
  /** The newest first. */
  readonly events: readonly ModelEvent[]
}

export type { LineageGraph, Verdict, VersionDiff }
