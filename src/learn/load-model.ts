// Reading back a model that was kept as JSON.
import { FormatError } from '../base/index.js'
import { restoreFitted } from './catalogue.js'
import {
  checkDocument,
  classifierModel,
  type ClassifierModel,
  type CoreModel,
  type ModelDocument,
  regressorModel,
  type RegressorModel,
} from './contracts/index.js'

/**
 * Reads a model from the document that `JSON.stringify(model)` wrote; exact to the bit. No code from it runs.
 *
 * @throws {@link FormatError} when it is no model, or of a newer version
 */
export async function modelFromJSON(value: unknown): Promise<ClassifierModel | RegressorModel> {
  const document = checkDocument(value)
  const fitted = await restoreFitted(document)
  if (!('score' in fitted)) {
    throw new FormatError(`The document holds a transform of kind '${fitted.kind}', expected a model.`, {
      format: 'modelwright',
      kind: fitted.kind,
    })
  }
  return withModelFace(fitted, document)
}

function withModelFace(core: CoreModel, face: ModelDocument): ClassifierModel | RegressorModel {
  return core.predicts === 'classes' ? classifierModel(core, face) : regressorModel(core, face)
}
