// Operators of ai.onnx.ml as converters of scikit-learn write them for linear models. Their numbers are attributes, which
// can be trained like any others.
import { array } from '../../array.js'
import { full } from '../../creation.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import { integers } from '../held.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'

const asFloat = (x: Tensor): Tensor => (x.dtype === 'float64' ? x : t.cast(x, 'float32'))

/** Inputs may be any numbers; one example may come without its axis. */
function rowsOf(node: ImportedNode): Tensor {
  // The operators compute in float32 whatever they are given.
  const x = t.cast(node.tensor(0), 'float32')
  return x.shape.length === 1 ? t.reshape(x, [1, -1]) : x
}

/** x · coefficientsᵀ + intercepts */
function scores(node: ImportedNode, outputs: number): Tensor {
  const x = rowsOf(node)
  const coefficients = node.weights('coefficients')
  if (coefficients === undefined)
    throw node.fault('the coefficients are missing. The file is damaged; write it again.')
  const product = t.matmul(x, t.reshape(coefficients, [outputs, -1]), { transposeB: true })
  const intercepts = node.weights('intercepts')
  return intercepts === undefined ? product : t.add(product, intercepts)
}

const transforms: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  NONE: (x) => x,
  LOGISTIC: t.sigmoid,
  SOFTMAX: t.softmax,
}

function transformed(node: ImportedNode, x: Tensor): Tensor {
  const name = node.text('post_transform', 'NONE')
  const transform = transforms[name]
  if (transform === undefined) throw node.fault(`the transform '${name}' is not one that can be imported.`)
  return transform(x)
}

function linearRegressor(node: ImportedNode): Tensor {
  return transformed(node, scores(node, node.int('targets', 1)))
}

/** The label, where it is a number, and a score for each class. */
function linearClassifier(node: ImportedNode): Results {
  const labels = node.ints('classlabels_ints') ?? []
  const texts = node.texts('classlabels_strings') ?? []
  const rows = Math.max(1, Number(node.weights('intercepts')?.shape[0] ?? labels.length + texts.length))
  const given = scores(node, rows)
  const classes = Math.max(labels.length, texts.length)
  const logistic = node.text('post_transform', 'NONE') === 'LOGISTIC'
  // One score for two classes: that of the second.
  const single = rows === 1 && classes === 2
  const other = (x: Tensor): Tensor => t.concat([logistic ? t.sub(1, x) : t.neg(x), x], 1)
  const result = single ? other(logistic ? t.sigmoid(given) : given) : transformed(node, given)
  if (labels.length === 0) return [undefined, result]
  const best = single
    ? t.cast(t.reshape(t.greater(given, 0), [given.shape[0]!]), 'int32')
    : t.argMax(given, 1)
  return [t.gather(integers(labels), best), result]
}

function scaler(node: ImportedNode): Tensor {
  const x = t.cast(node.tensor(0), 'float32')
  const [offset, scale] = [node.weights('offset'), node.weights('scale')]
  const centered = offset === undefined ? x : t.sub(x, offset)
  return scale === undefined ? centered : t.mul(centered, scale)
}

/** Rows of one length; rows of zeros stay. */
function normalizer(node: ImportedNode): Tensor {
  const x = t.cast(node.tensor(0), 'float32')
  const last = { axes: -1, keepDims: true }
  const sizes: Readonly<Record<string, () => Tensor>> = {
    MAX: () => t.max(x, last),
    L1: () => t.sum(t.abs(x), last),
    L2: () => t.sqrt(t.sum(t.square(x), last)),
  }
  const size = sizes[node.text('norm', 'MAX')]!()
  return t.div(x, t.where(t.equal(size, 0), t.add(t.stopGradient(t.mul(size, 0)), 1), size))
}

/** What stands for missing numbers in place of them. */
function imputer(node: ImportedNode): Tensor {
  const x = asFloat(node.tensor(0))
  const values = node.floats('imputed_value_floats')
  if (values === undefined) throw node.fault('only missing floats can be filled.')
  const missing = node.float('replaced_value_float', Number.NaN)
  const holes = Number.isNaN(missing) ? t.isNaN(x) : t.equal(x, full([], missing, x.dtype))
  return t.where(holes, t.cast(array(Float32Array.from(values)), x.dtype), x)
}

export const machineLearningOperators: OperatorRules = {
  'ai.onnx.ml.Scaler': scaler,
  'ai.onnx.ml.LinearRegressor': linearRegressor,
  'ai.onnx.ml.LinearClassifier': linearClassifier,
  'ai.onnx.ml.Normalizer': normalizer,
  'ai.onnx.ml.Imputer': imputer,
  'ai.onnx.ml.Binarizer': (node) => {
    const x = asFloat(node.tensor(0))
    return t.cast(t.greater(x, node.float('threshold', 0)), x.dtype)
  },
  'ai.onnx.ml.FeatureVectorizer': (node) =>
    t.concat(
      node.inputs.map((_, i) => asFloat(node.tensor(i))),
      1,
    ),
  'ai.onnx.ml.ArrayFeatureExtractor': (node) => t.gather(node.tensor(0), t.reshape(node.tensor(1), [-1]), -1),
  // Maps from labels to probabilities: the probabilities go through, in the order of the labels.
  'ai.onnx.ml.ZipMap': (node) => node.tensor(0),
}
