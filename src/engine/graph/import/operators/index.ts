// The table of operators.
import type { OperatorRules } from '../node.js'
import { activationOperators } from './activations.js'
import { attentionOperators } from './attention.js'
import { controlFlowOperators } from './control-flow.js'
import { elementwiseOperators } from './elementwise.js'
import { gridOperators } from './grids.js'
import { indexOperators } from './indices.js'
import { machineLearningOperators } from './machine-learning.js'
import { normalizationOperators } from './normalization.js'
import { productOperators } from './products.js'
import { recurrentOperators } from './recurrent.js'
import { reductionOperators } from './reductions.js'
import { resizeOperators } from './resize.js'
import { shapeOperators } from './shapes.js'
import { sliceOperators } from './slices.js'
import { windowOperators } from './windows.js'

/** By domain and name; standard ones by name alone. */
export const operatorRules: OperatorRules = {
  ...elementwiseOperators,
  ...activationOperators,
  ...shapeOperators,
  ...sliceOperators,
  ...indexOperators,
  ...reductionOperators,
  ...productOperators,
  ...normalizationOperators,
  ...attentionOperators,
  ...windowOperators,
  ...resizeOperators,
  ...gridOperators,
  ...recurrentOperators,
  ...controlFlowOperators,
  ...machineLearningOperators,
}

/** Inputs that say how an operator works: numbers of the file there are no parameters. */
export const settingInputs: Readonly<Record<string, readonly number[]>> = {
  Pow: [1],
  Clip: [1, 2],
  Dropout: [1, 2],
  OneHot: [1, 2],
  Pad: [2],
  Range: [0, 1, 2],
  Resize: [1, 2],
  Upsample: [1],
}

/** Inputs that are kept but not learned: the running statistics of batches. */
export const statisticInputs: Readonly<Record<string, readonly number[]>> = { BatchNormalization: [3, 4] }

/** Attributes that are learned. */
export const weightAttributes: Readonly<Record<string, readonly string[]>> = {
  'ai.onnx.ml.LinearRegressor': ['coefficients', 'intercepts'],
  'ai.onnx.ml.LinearClassifier': ['coefficients', 'intercepts'],
}
