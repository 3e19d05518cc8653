// What a version came from: version → run → data → code, and the version before it.
import type { Manifest } from '../bundle/index.js'
import type { ModelVersion, Run } from '../store/index.js'

/** The run that made it, as it was when the version was registered. */
export interface LineageRun {
  readonly runId: string
  readonly experimentId: string
  readonly name: string
  readonly params: Readonly<Record<string, string>>
}

/** The state of the code that the run was started from. */
export interface LineageCode {
  readonly commit: string
  readonly branch: string | undefined
  readonly repository: string | undefined
  /** There were changes that are in no commit; undefined when nobody looked. */
  readonly dirty: boolean | undefined
}

export interface Lineage {
  readonly run: LineageRun | undefined
  readonly data: Manifest['data']
  readonly code: LineageCode | undefined
  /** The version that was in service, or the newest, when this one was registered. */
  readonly parent: number | undefined
  /** The bundle's own words: who made it, when, by which recipe, with which scores. */
  readonly bundle: Pick<
    Manifest,
    'createdBy' | 'createdAt' | 'model' | 'metric' | 'seed' | 'scores' | 'recipe' | 'environment'
  > & {
    /** Of the graph. */
    readonly hash: string
  }
}

export function lineageOf(manifest: Manifest, run: Run | undefined, parent: number | undefined): Lineage {
  const { createdBy, createdAt, model, metric, seed, scores, recipe, environment } = manifest
  return {
    run: run && { runId: run.runId, experimentId: run.experimentId, name: run.name, params: run.params },
    data: manifest.data,
    code: run && codeOf(run),
    parent,
    bundle: {
      createdBy,
      createdAt,
      model,
      metric,
      seed,
      scores,
      recipe,
      environment,
      hash: manifest.files['model.onnx'] ?? '',
    },
  }
}

/** MLflow's tags of a run's code, and ours for changes that are in no commit. */
function codeOf({ tags }: Run): LineageCode | undefined {
  const commit = tags['mlflow.source.git.commit']
  if (commit === undefined) return undefined
  const dirty = tags['mlflow.source.git.dirty'] ?? tags['modelwright.git.dirty']
  return {
    commit,
    branch: tags['mlflow.source.git.branch'],
    repository: tags['mlflow.source.git.repoURL'],
    dirty: dirty === undefined ? undefined : /^true$/i.test(dirty),
  }
}

/** The lineage of a version; undefined where it is no bundle of ours. */
export const lineageIn = ({ lineage }: ModelVersion): Lineage | undefined => lineage as Lineage | undefined
