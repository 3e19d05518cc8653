// What a bundle says of its model. A saved format: new versions must read old manifests.
import { FormatError, sha256 } from '../../base/index.js'
import type { Field } from '../../data/index.js'
import type { Label, OutputNames } from '../../learn/contracts/index.js'
import type { Task } from '../../metrics/index.js'
import type { Baseline } from './baseline.js'

/** The half-width of a prediction interval that covers the given share of rows. */
export interface IntervalHalfWidth {
  readonly level: number
  readonly halfWidth: number
}

/** The contents of `manifest.json`. */
export interface Manifest {
  readonly format: 'modelwright-bundle'
  readonly version: 1
  /** The version of modelwright that wrote it. */
  readonly createdBy: string
  /** ISO time. */
  readonly createdAt: string
  readonly task: Task
  /** The name of the target column. */
  readonly target: string
  /** The metric that decided. */
  readonly metric: string
  /** What won, in a word: the name on the ladder. */
  readonly model: string
  readonly seed: number
  readonly signature: {
    readonly inputs: readonly Field[]
    readonly outputs: OutputNames
  }
  /** Classes by code; empty for regression. */
  readonly classes: readonly Label[]
  /** For two classes; applied inside the graph, here for people. */
  readonly threshold: number
  /** Scores on the test part. */
  readonly scores: Readonly<Record<string, number>>
  /** For regression: from the residuals of cross-validation. */
  readonly predictionIntervals: readonly IntervalHalfWidth[]
  readonly data: {
    readonly rows: number
    readonly columns: number
    /** Columns that the table had and the model does not read; data to predict may have them too. */
    readonly leftOut: readonly string[]
    /** Content hash of the table that was read. */
    readonly hash: string
  }
  /** What the columns looked like in training; bundles of before have none. */
  readonly baseline?: Baseline
  /** Everything that decides the result; replaying it needs no clock. */
  readonly recipe: unknown
  readonly environment: Readonly<Record<string, string>>
  /** SHA-256 of the other files. */
  readonly files: Readonly<Record<string, string>>
}

/** The manifest as text, with its own SHA-256 so that a changed one is noticed. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, integrity: sha256(JSON.stringify(manifest)) }, null, 2)}\n`
}

/** @throws {@link FormatError} when the text is not a whole, unchanged manifest of a known version */
export function parseManifest(text: string, path: string): Manifest {
  const parsed = parseJson(text, path)
  const { integrity, ...manifest } = parsed as Manifest & { integrity?: unknown }
  if (manifest.format !== 'modelwright-bundle') {
    throw broken(
      path,
      "it is no bundle manifest: 'format' is not 'modelwright-bundle'. Give the folder that train wrote",
    )
  }
  if (manifest.version !== 1) {
    throw broken(path, `its format has version ${String(manifest.version)}, expected 1. Update modelwright`)
  }
  if (integrity !== sha256(JSON.stringify(manifest))) {
    throw broken(
      path,
      'it was changed after it was written. Train again, or take the bundle from where it came',
    )
  }
  return manifest
}

function parseJson(text: string, path: string): object {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed
  } catch (error) {
    throw broken(
      path,
      `it is cut off or not JSON (${(error as Error).message}). Take the bundle from where it came`,
    )
  }
  throw broken(path, 'it is not a JSON object. Take the bundle from where it came')
}

/** A {@link FormatError} about one file of a bundle. */
export function broken(path: string, reason: string): FormatError {
  return new FormatError(`Cannot read '${path}': ${reason}.`, { format: 'modelwright-bundle', path })
}
