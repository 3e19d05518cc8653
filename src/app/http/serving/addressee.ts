// Which model a request is for, and what is known of it.
import { quote, UsageError } from '../../../base/index.js'
import type { Addressee, InferenceService, VersionDescription } from '../../../operate/serve/index.js'

/** The parts of a path that name a version. */
export interface ModelPath {
  readonly model: string
  readonly version?: string
  readonly alias?: string
}

/** Its description, also when it has never been loaded: then it is loaded now. @throws {@link NotFoundError} */
export async function described(service: InferenceService, to: Addressee): Promise<VersionDescription> {
  const description = service.resolve(to)
  const isKnown = description.inputs.length > 0 || description.outputs.length > 0
  return isKnown || description.state !== 'unloaded'
    ? description
    : service.load(description.model, description.version)
}

/**
 * The model that answers where a path names none: the default, or the only one.
 *
 * @throws {@link UsageError} when there are several, or none
 */
export function defaultModel(service: InferenceService, chosen: string | undefined): Addressee {
  if (chosen !== undefined) return { model: chosen }
  const versions = service.describe()
  const first = versions[0]?.model
  if (first === undefined) {
    throw new UsageError('This server has no model yet. Start it with one: modelwright serve <bundle>.', {
      argument: 'model',
    })
  }
  if (versions.every(({ model }) => model === first)) return { model: first }
  const names = [...new Set(versions.map(({ model }) => quote(model)))].join(', ')
  throw new UsageError(
    `This path names no model, and the server has several: ${names}. Say which one answers here (option 'defaultModel', --default), or use a path with a name, such as /api/v1/serving/models/${encodeURIComponent(first)}/predict.`,
    { argument: 'model' },
  )
}
