// Where the files of a run stand among the artifacts: where the address that MLflow's clients are told leads.
import { type ArtifactPlace, placeOfUri } from '../artifacts/index.js'

/** A run whose files lie elsewhere, as imported ones may say, has its own place here too. */
export const artifactPlace = ({
  runId,
  artifactUri,
}: {
  readonly runId: string
  readonly artifactUri: string
}): ArtifactPlace => placeOfUri(artifactUri) ?? { root: `runs/${runId}`, path: '' }
