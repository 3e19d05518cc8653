// Why a row got its prediction: what each column added, against the average over rows of training that the bundle carries.
import { LimitError, rng, UsageError } from '../../base/index.js'
import type { Row } from '../../data/index.js'
import type { Tensor } from '../../engine/onnx/index.js'
import { answeredNumbers } from '../bundle/index.js'
import type { BundleFacts } from './model-files.js'
import { rowsReader } from './row-columns.js'
import type { Contribution } from './service.js'
import { type Mixture, type ShapleyPlan, shapleyPlan } from './shapley.js'
import type { Tensors } from './tensor-rows.js'

/** Predicts inputs of the graph, in rows that are independent. */
export type PredictInputs = (inputs: Tensors, rows: number) => Promise<Tensors>

/** Explains rows of one bundle. */
export interface RowExplainer {
  /**
   * To be asked first, before anything is computed.
   *
   * @throws {@link LimitError} for too many rows, {@link UsageError} where the bundle has nothing to compare with
   */
  check(rows: number): void
  explain(
    asked: { readonly inputs: Tensors; readonly rows: number; readonly outputs: Tensors },
    predict: PredictInputs,
  ): Promise<readonly (readonly Contribution[])[]>
}

interface Background {
  readonly inputs: Tensors
  readonly rows: number
  readonly plan: ShapleyPlan
}

/** Rows in one run, so that mixtures of many rows do not lie in memory at once. */
const rowsInARun = 4096

/**
 * Explanations in the unit of the target for regression, and as probability of the predicted class for classifiers. A row costs
 * some 2,000 predictions, more where columns are many (64 for each column above 33). The same row gets the same explanation, alone or
 * among others.
 *
 * @param limit - rows of one request
 */
export function rowExplainer({ manifest, background }: BundleFacts, limit: number): RowExplainer {
  const { inputs: fields, outputs: names } = manifest.signature
  let prepared: Background | undefined
  const prepare = (): Background => {
    if (prepared !== undefined) return prepared
    const { inputs, rows } = rowsReader(fields)(background as readonly Row[])
    const random = rng(manifest.seed).split('explain')
    return (prepared = { inputs, rows, plan: shapleyPlan(fields.length, rows, random) })
  }
  function check(rows: number): void {
    if (rows > limit) {
      throw new LimitError(
        `explain: ${rows} rows, expected at most ${limit}, as each costs some thousand predictions. Ask for fewer at once, or raise explainRows.`,
        { limit, received: rows, option: 'explainRows' },
      )
    }
    if (background.length > 0) return
    throw new UsageError(
      'explain: the bundle carries no rows of training to compare with, as it was written by an earlier version. Train it again, or ask without an explanation.',
      { argument: 'explain' },
    )
  }
  const columns = fields.map(({ name }) => name)
  const classes = manifest.classes.length
  /** The number that is explained, of each row of some outputs; of classifiers, that of a class. */
  const scoresOf = (outputs: Tensors, code: number): Float64Array => {
    if (manifest.task === 'regression') return answeredNumbers(outputs, names.prediction)
    const all = answeredNumbers(outputs, names.probabilities)
    return Float64Array.from({ length: all.length / classes }, (_, row) => all[row * classes + code]!)
  }
  const explain: RowExplainer['explain'] = async ({ inputs, rows, outputs }, predict) => {
    const against = prepare()
    const average = await predict(against.inputs, against.rows)
    const explained: Contribution[][] = []
    for (let row = 0; row < rows; row++) {
      const code = manifest.task === 'regression' ? 0 : predictedCode(outputs, row)
      const values = await valuesOf(against, { inputs, row, columns }, async (mixed, count) =>
        scoresOf(await predict(mixed, count), code),
      )
      const parts = against.plan.divide(values, scoresOf(outputs, code)[row]!, scoresOf(average, code))
      explained.push(columns.map((column, i) => ({ column, value: parts[i]! })))
    }
    return explained
  }
  return { check, explain }

  /** The class that was predicted; a threshold of its own may have chosen another than the most probable. */
  function predictedCode(outputs: Tensors, row: number): number {
    const label = labelAt(outputs[names.prediction]!, row)
    const found = manifest.classes.findIndex((known) => String(known) === label)
    return Math.max(0, found)
  }
  function labelAt({ data }: Tensor, row: number): string {
    const label = data[row]!
    return typeof manifest.classes[0] === 'boolean' ? String(Boolean(label)) : String(label)
  }
}

interface Asked {
  readonly inputs: Tensors
  readonly row: number
  readonly columns: readonly string[]
}

async function valuesOf(
  { inputs, plan }: Background,
  asked: Asked,
  score: (mixed: Tensors, rows: number) => Promise<Float64Array>,
): Promise<Float64Array> {
  const values = new Float64Array(plan.mixtures.length)
  for (let start = 0; start < plan.mixtures.length; start += rowsInARun) {
    const part = plan.mixtures.slice(start, start + rowsInARun)
    values.set(await score(mixed(inputs, asked, part), part.length), start)
  }
  return values
}

function mixed(background: Tensors, { inputs, row, columns }: Asked, mixtures: readonly Mixture[]): Tensors {
  const tensors = Object.create(null) as Record<string, Tensor>
  const dims = [mixtures.length, 1]
  columns.forEach((name, column) => {
    const [own, other] = [inputs[name]!.data, background[name]!.data]
    const value = (mixture: Mixture): unknown =>
      mixture.own[column] === 1 ? own[row] : other[mixture.background]
    tensors[name] =
      inputs[name]!.type === 'string'
        ? { type: 'string', dims, data: mixtures.map((mixture) => value(mixture) as string) }
        : { type: 'float64', dims, data: Float64Array.from(mixtures, (mixture) => value(mixture) as number) }
  })
  return tensors
}
