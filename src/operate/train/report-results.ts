// Curves, matrices, thresholds and slices on the test part.
import type { Report } from '../../evaluate/report/index.js'
import { scoreSlices } from '../../evaluate/explain/index.js'
import { decideCode } from '../../learn/contracts/index.js'
import {
  averagePrecision,
  calibrationCurve,
  cumulativeGain,
  expectedCalibrationError,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
  thresholdTable,
} from '../../metrics/index.js'
import { metricInfo } from './report-words.js'
import type { FinishedJob } from './train.js'

type Classification = NonNullable<Report['classification']>

/** Curves of more classes than this cannot be told apart. */
const maxCurves = 6

interface ClassScores {
  readonly codes: Int32Array
  readonly classes: readonly string[]
  readonly k: number
  /** Probabilities of one class. */
  of(code: number): Float64Array
}

function classScores({ data, judgement, model }: FinishedJob): ClassScores | undefined {
  const { target } = data.test
  if (target.type === 'values') return undefined
  const k = target.classes.length
  return {
    codes: target.codes,
    classes: model.classes.map(String),
    k,
    of: (code) => Float64Array.from(target.codes, (_, row) => judgement.scores[row * k + code]!),
  }
}

export function classificationOf(job: FinishedJob): Report['classification'] {
  const scores = classScores(job)
  if (scores === undefined) return undefined
  const present = [...new Set(scores.codes)].sort((a, b) => a - b)
  // A curve needs rows of the class and of others.
  const drawn =
    scores.k === 2 ? (present.length === 2 ? [1] : []) : present.length > 1 ? present.slice(0, maxCurves) : []
  return {
    classes: scores.classes,
    confusion: confusionOf(job, scores),
    roc: drawn.map((code) => rocOf(scores, code)),
    precisionRecall: drawn.map((code) => precisionRecallOf(scores, code)),
    calibration: calibrationOf(job, scores),
    gain: scores.k === 2 && drawn.length > 0 ? gainOf(scores) : undefined,
    thresholds: scores.k === 2 && drawn.length > 0 ? thresholdsOf(job, scores) : undefined,
  }
}

function confusionOf({ judgement, decision }: FinishedJob, { codes, k }: ClassScores): number[][] {
  const counts = Array.from({ length: k }, () => Array.from({ length: k }, () => 0))
  codes.forEach((code, row) => {
    counts[code]![decideCode({ scores: judgement.scores, row, k, threshold: decision.threshold })]!++
  })
  return counts
}

const truthOf = ({ codes }: ClassScores, code: number): boolean[] => Array.from(codes, (own) => own === code)

function rocOf(scores: ClassScores, code: number): Classification['roc'][number] {
  const truth = truthOf(scores, code)
  const { falsePositiveRate, truePositiveRate } = rocCurve(truth, scores.of(code), { positive: true })
  return {
    label: scores.classes[code]!,
    falsePositiveRate: Array.from(falsePositiveRate),
    truePositiveRate: Array.from(truePositiveRate),
    auc: rocAuc(truth, scores.of(code), { positive: true }),
  }
}

function precisionRecallOf(scores: ClassScores, code: number): Classification['precisionRecall'][number] {
  const truth = truthOf(scores, code)
  const { precision, recall } = precisionRecallCurve(truth, scores.of(code), { positive: true })
  return {
    label: scores.classes[code]!,
    precision: Array.from(precision),
    recall: Array.from(recall),
    averagePrecision: averagePrecision(truth, scores.of(code), { positive: true }),
  }
}

/** Two classes: the second. More: whether the chosen class was right, by its probability. */
function calibrationOf({ judgement }: FinishedJob, scores: ClassScores): Classification['calibration'] {
  const { k, codes } = scores
  const chosen = Array.from(codes, (_, row) =>
    decideCode({ scores: judgement.scores, row, k, threshold: 0.5 }),
  )
  const truth = k === 2 ? truthOf(scores, 1) : Array.from(codes, (code, row) => code === chosen[row])
  const probabilities =
    k === 2 ? scores.of(1) : Float64Array.from(chosen, (code, row) => judgement.scores[row * k + code]!)
  const clipped = probabilities.map((share) => Math.min(1, Math.max(0, share)))
  const { predicted, observed, weight } = calibrationCurve(truth, clipped, { positive: true })
  return {
    bins: Array.from(predicted, (share, i) => ({
      predicted: share,
      observed: observed[i]!,
      count: weight[i]!,
    })),
    ece: expectedCalibrationError(truth, clipped, { positive: true }),
  }
}

function gainOf(scores: ClassScores): NonNullable<Classification['gain']> {
  const { share, gain } = cumulativeGain(truthOf(scores, 1), scores.of(1), { positive: true })
  return { share: Array.from(share), gain: Array.from(gain) }
}

function thresholdsOf(
  { decision }: FinishedJob,
  scores: ClassScores,
): NonNullable<Classification['thresholds']> {
  const rows = thresholdTable(scores.codes, scores.of(1), { positive: 1 })
  const positives = scores.codes.reduce((sum, code) => sum + code, 0)
  const negatives = scores.codes.length - positives
  const truePositives = rows.map(({ recall }) => Math.round(recall * positives))
  const predicted = rows.map(({ predictedPositive }) => Math.round(predictedPositive * scores.codes.length))
  const falsePositives = predicted.map((count, i) => count - truePositives[i]!)
  return {
    threshold: rows.map(({ threshold }) => threshold),
    truePositives,
    falsePositives,
    trueNegatives: falsePositives.map((count) => negatives - count),
    falseNegatives: truePositives.map((count) => positives - count),
    chosen: decision.threshold,
    chosenFor: decision.chosenFor ?? 'the most probable class',
    chosenOn: 'out-of-fold predictions',
  }
}

export function regressionOf({ data, judgement }: FinishedJob): Report['regression'] {
  const { target } = data.test
  if (target.type === 'classes') return undefined
  return { actual: Array.from(target.values), predicted: Array.from(judgement.scores) }
}

/** Columns to look at, the most important first; slices of many columns are found by chance. */
const sliceColumns = 12

export async function slicesOf(job: FinishedJob): Promise<Report['slices']> {
  const { data, judgement, metric, decision, importance, model } = job
  if (Number.isNaN(judgement.deciding.score)) return undefined
  const ranked = importance?.map(({ column }) => column) ?? model.inputs.map(({ name }) => name)
  const { examined, worst } = await scoreSlices(
    {
      x: data.test.x,
      target: data.test.target,
      scores: judgement.scores,
      columns: ranked.slice(0, sliceColumns),
    },
    { metric, threshold: decision.threshold },
  )
  if (examined === 0) return undefined
  return {
    metric: metricInfo(metric),
    overall: judgement.deciding.score,
    examined,
    worst,
  }
}
