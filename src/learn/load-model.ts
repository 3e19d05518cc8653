// Reading back a model that was kept as JSON.
import { FormatError, ModelwrightError } from '../base/index.js'
import { restoreFitted } from './catalogue.js'
import {
  checkDocument,
  classifierModel,
  type ClassifierModel,
  type CoreModel,
  type ModelDocument,
  damaged,
  regressorModel,
  rowTable,
  rowValues,
  type RegressorModel,
} from './contracts/index.js'

/**
 * Reads a model from the document that `JSON.stringify(model)` wrote; exact to the bit. No code from it runs.
 *
 * @throws {@link FormatError} when it is no model, or of a newer version
 */
export async function modelFromJSON(value: unknown): Promise<ClassifierModel | RegressorModel> {
  const document = checkDocument(value)
  const fitted = await restored(document)
  if (!('score' in fitted)) {
    throw new FormatError(`The document holds a transform of kind '${fitted.kind}', expected a model.`, {
      format: 'modelwright',
      kind: fitted.kind,
    })
  }
  probe(fitted, document)
  return withModelFace(fitted, document)
}

/** What a changed document makes a part stumble over is no fault of the part. */
async function restored(document: ModelDocument): ReturnType<typeof restoreFitted> {
  try {
    return await restoreFitted(document)
  } catch (error) {
    throw FormatError.is(error) ? error : damaged(document, 'a part of it cannot be read', error)
  }
}

/** Lets the model answer one row, because only its kind knows what else must be in its state. */
function probe(model: CoreModel, document: ModelDocument): void {
  try {
    const { inputs, classes } = model
    const row = Object.fromEntries(inputs.map(({ name, type }) => [name, type === 'string' ? '' : 0]))
    const answers = [model.scoreNow(rowTable(row, inputs)), model.rowFunction()?.(rowValues(row, inputs))]
    if (answers.every((scores) => scores === undefined || scores.length === Math.max(1, classes.length)))
      return
  } catch (error) {
    // The model may well refuse such a row, but by an error of ours.
    if (ModelwrightError.is(error)) return
    throw damaged(document, 'its model cannot answer a row', error)
  }
  throw damaged(document, 'its model answers for other classes')
}

function withModelFace(core: CoreModel, face: ModelDocument): ClassifierModel | RegressorModel {
  return core.predicts === 'classes' ? classifierModel(core, face) : regressorModel(core, face)
}
