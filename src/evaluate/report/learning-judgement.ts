// Does it overfit, would more data help? The answers as sentences, from the scores alone.
import { gainChange, percent, score, towards } from './format.js'
import { type Html, html } from './html.js'
import type { MetricInfo, Report } from './report-data.js'

type LearningResults = NonNullable<Report['learning']>

/** Half the width of an interval: what folds differ by chance. */
const spreadOf = ({ low, high }: { readonly low: number; readonly high: number }): number => (high - low) / 2

/**
 * Compares the score on rows that the model was fitted on with that on others. The gap is held against the spread over
 * folds, and against all that was learned beyond a constant answer.
 */
export function overfitSentence(
  { train, validation }: LearningResults,
  metric: MetricInfo,
  baseline: number | undefined,
): Html {
  const sign = towards(metric)
  const gap = sign * (train - validation.value)
  const figures = html`It scores ${score(metric, train)} on the rows it was fitted on and
  ${score(metric, validation.value)} on rows it was not`
  if (gap <= spreadOf(validation)) {
    return html`<strong>No sign of overfitting.</strong> ${figures}: a gap no larger than the spread over the
      folds.`
  }
  const learned = baseline === undefined ? Number.NaN : sign * (train - baseline)
  const lost = gap / learned
  const share =
    Number.isFinite(lost) && learned > 0
      ? html`; ${percent(Math.min(1, lost))} of what it learned on them does not carry over`
      : html``
  // A quarter: beyond it, a smaller or more regular model usually predicts as well.
  const word = lost > 0.25 ? 'It overfits.' : 'It overfits a little.'
  return html`<strong>${word}</strong> ${figures}${share}. The scores on this page are of unseen rows, so they
    already pay for it.`
}

/** Looks at the last step of the learning curve: still rising beyond its spread, or flat? */
export function moreDataSentence(
  { curve, validation }: LearningResults,
  metric: MetricInfo,
): Html | undefined {
  const [before, last] = (curve ?? []).slice(-2)
  if (before === undefined || last === undefined || last.rows <= before.rows) return undefined
  const sign = towards(metric)
  const gain = sign * (last.validation - before.validation)
  const doubling = gain / Math.log2(last.rows / before.rows)
  // A point of the curve is one fit; where its own spread is not known, the score's interval tells what is chance.
  const { low = validation.low, high = validation.high } = last
  const spread = spreadOf({ low, high })
  const figure = `${gainChange(metric, doubling)} for twice the rows, at the end of the curve`
  if (doubling > spread && doubling > 0) return html`<strong>More data would likely help:</strong> ${figure}.`
  if (doubling > spread / 4 && doubling > 0)
    return html`<strong>More data may help a little:</strong> ${figure}, which is within the spread.`
  return html`<strong>More rows of the same kind would hardly help:</strong> the curve is flat at its end.
    Other columns might.`
}
