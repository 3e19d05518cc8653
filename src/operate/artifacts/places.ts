// What MLflow's addresses of artifacts mean here: whose they are, and the path below.
import { checkFolder } from './paths.js'

/** A root and a folder or file below it; the path is empty for the root itself. */
export interface ArtifactPlace {
  readonly root: string
  readonly path: string
}

/** Where files of nobody go: locations that are of no run, logged model or version. */
const filesOfNobody = 'files'

// MLflow lays runs and logged models below the location of their experiment; our own roots may be named as they are.
const patterns: readonly (readonly [RegExp, (id: string) => string])[] = [
  [/^(?:.*\/)?([0-9a-f]{32})\/artifacts(?:\/|$)/, (id) => `runs/${id}`],
  [/^(?:.*\/)?models\/(m-[0-9a-f]{32})\/artifacts(?:\/|$)/, (id) => `logged-models/${id}`],
  [/^(runs\/[^/]+|logged-models\/[^/]+|models\/[^/]+\/[^/]+)(?:\/|$)/, (root) => root],
]

/**
 * The place that a path of MLflow's artifact proxy means: `<experiment>/<run>/artifacts/<path>` is `<path>` of `runs/<run>`.
 *
 * @throws {@link UsageError} for a path that leads elsewhere
 */
export function placeOfPath(given: string): ArtifactPlace {
  const path = checkFolder(given)
  for (const [pattern, rootOf] of patterns) {
    const [matched, id] = pattern.exec(path) ?? []
    if (matched !== undefined && id !== undefined)
      return { root: rootOf(id), path: path.slice(matched.length) }
  }
  return { root: filesOfNobody, path }
}

/**
 * The place that an address means, such as `mlflow-artifacts:/0/<run>/artifacts`; undefined for one that this server does not hold.
 *
 * @throws {@link UsageError} for a path that leads elsewhere
 */
export function placeOfUri(uri: string): ArtifactPlace | undefined {
  const found =
    /^mlflow-artifacts:(?:\/\/[^/]*)?(?:\/+(.*))?$/.exec(uri) ??
    /^https?:\/\/[^?#]*\/mlflow-artifacts\/artifacts\/+(.*)$/.exec(uri)
  return found === null ? undefined : placeOfPath(found[1] ?? '')
}

/** The place of something below a place. */
export const placeBelow = ({ root, path }: ArtifactPlace, below: string): ArtifactPlace => ({
  root,
  path: [path, below].filter((part) => part !== '').join('/'),
})
