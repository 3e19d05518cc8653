// Registered models, their versions and what happened to them, as the store gives them.
import type { Pairs } from '../pairs.js'

/** MLflow's stages of a version. */
export const modelStages = ['None', 'Staging', 'Production', 'Archived'] as const

export type ModelStage = (typeof modelStages)[number]

/** MLflow's states of a version: files on their way, files that never came, ready to use. */
export type ModelVersionStatus = 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY'

export interface ModelVersion {
  readonly name: string
  /** From 1; never given twice, also when a version is deleted. */
  readonly version: number
  readonly description: string
  readonly userId: string
  readonly stage: ModelStage
  /** Where it came from, as its creator said. */
  readonly source: string
  /** Where its files are; the same as the source where nobody copied them. */
  readonly storageLocation: string
  readonly runId: string | undefined
  readonly runLink: string
  /** The logged model of MLflow that it was made of. */
  readonly modelId: string | undefined
  readonly status: ModelVersionStatus
  readonly statusMessage: string
  readonly creationTime: number
  readonly lastUpdateTime: number
  /** In order of their names. */
  readonly aliases: readonly string[]
  readonly tags: Pairs
  /** Plain data of whoever registered it. */
  readonly signature: unknown
  readonly lineage: unknown
}

export interface RegisteredModel {
  readonly name: string
  readonly description: string
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly tags: Pairs
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, number>>
  /** The newest version in each stage that has one, by version. */
  readonly latestVersions: readonly ModelVersion[]
}

export interface NewRegisteredModel {
  readonly name: string
  readonly description?: string | undefined
  readonly tags?: Pairs | undefined
  readonly userId?: string | undefined
}

export interface NewModelVersion {
  readonly description?: string | undefined
  readonly userId?: string | undefined
  readonly source: string
  /** @default the source */
  readonly storageLocation?: string | undefined
  readonly runId?: string | undefined
  readonly runLink?: string | undefined
  readonly modelId?: string | undefined
  readonly tags?: Pairs | undefined
  /** Plain data, kept as JSON. */
  readonly signature?: unknown
  readonly lineage?: unknown
}

export type ModelEventKind =
  | 'model-created'
  | 'model-renamed'
  | 'model-deleted'
  | 'version-created'
  | 'version-deleted'
  | 'stage-changed'
  | 'alias-set'
  | 'alias-deleted'
  | 'promoted'
  | 'promotion-refused'
  | 'rolled-back'
  | 'approved'
  | 'noted'

/** Something that happened to a model. Moves of an alias have `alias`, `from` and `to` (versions or null) in their details. */
export interface ModelEvent {
  readonly eventId: number
  readonly kind: ModelEventKind
  readonly version: number | undefined
  /** Milliseconds since 1970. */
  readonly time: number
  readonly userId: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface NewModelEvent {
  readonly kind: ModelEventKind
  readonly version?: number | undefined
  readonly userId?: string | undefined
  /** Plain data, kept as JSON. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** An alias put to a version, or taken away. */
export interface AliasMove {
  readonly alias: string
  /** Null takes the alias away. */
  readonly version: number | null
  /** Where the alias must point for the move to happen; null for nowhere. @default anywhere */
  readonly expected?: number | null | undefined
  /** Recorded with the move, or not at all. @default `alias-set` or `alias-deleted` */
  readonly event?: Omit<NewModelEvent, 'version'> | undefined
}
