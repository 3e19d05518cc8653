// Everything that the report page shows, as plain JSON: whoever runs a job fills this, and the page only draws it.
// A field that may be undefined may also be absent; its part of the page is then left out, except where noted.
import type {
  BoostingSeries,
  CalibrationBin,
  GainSeries,
  LearningCurvePoint,
  PrecisionRecallSeries,
  RocSeries,
} from '../plots/index.js'
import type { DataProfile } from './profile-data.js'

/** The whole report. Numbers are unrounded: the page rounds for people. Texts are plain: the page escapes them. */
export interface Report {
  /** The version of this format. */
  readonly format: 1
  /** When the job ended, ISO 8601. */
  readonly createdAt: string
  readonly job: JobSummary
  readonly verdict: Verdict
  readonly data: DataSummary
  /** Every model tried, from the baseline up; at least the baseline. */
  readonly ladder: readonly LadderStep[]
  /** Metrics on the test part, the deciding one first. */
  readonly testMetrics: readonly TestMetric[]
  /** For binary and multiclass tasks. */
  readonly classification?: ClassificationResults | undefined
  /** For regression tasks. */
  readonly regression?: RegressionResults | undefined
  readonly importance?: ImportanceResults | undefined
  readonly slices?: SliceResults | undefined
  readonly learning?: LearningResults | undefined
  /** What the data looks like, column by column. */
  readonly profile?: DataProfile | undefined
  /** Warnings about the data and the job, leakage findings included. An empty list says that none was found. */
  readonly alerts: readonly ReportAlert[]
  readonly reproduction: Reproduction
  readonly card: ModelCard
  /** The machine and the engines: name → value, in the order to be shown (`Node` → `20.20.2`). */
  readonly environment: Readonly<Record<string, string>>
}

/** What was asked. */
export interface JobSummary {
  readonly task: 'binary' | 'multiclass' | 'regression'
  /** The column that is predicted. */
  readonly target: string
  /** The metric that decides. */
  readonly metric: MetricInfo
  /** Binary only: the class whose probability is meant (`Yes`). */
  readonly positiveClass?: string | undefined
  /** Regression only: the unit of the target (`USD`), where it is known. */
  readonly unit?: string | undefined
  /** Seconds from start to end. */
  readonly seconds: number
}

/** A metric: `metrics/` gives all three. */
export interface MetricInfo {
  /** Kebab-case (`roc-auc`); known names get an explanation in plain words. */
  readonly name: string
  /** For people (`ROC-AUC`). */
  readonly label: string
  readonly greaterIsBetter: boolean
}

/** A number with the ends of its interval, 95 % unless said otherwise. */
export interface ScoreInterval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** What came of it. The sentence at the top is made from this. Model names are names of the ladder. */
export interface Verdict {
  /** The model that this report judges and the bundle holds. */
  readonly model: string
  /** The model with the best validation score. */
  readonly best: string
  /**
   * The model to prefer: the simplest whose score is within noise of the best. The same as `best` when its gain is
   * real; when it is another than `model`, the page says that the simpler one is the better choice.
   */
  readonly betterChoice: string
  /** The deciding metric of `model` on the test part. */
  readonly score: ScoreInterval
  /** The constant baseline on the test part, by the same metric. */
  readonly baselineScore: number
  /** How much better than the baseline on the test part, positive is better; paired bootstrap interval. */
  readonly gain?: ScoreInterval | undefined
}

/** Where the rows came from and how they were divided. */
export interface DataSummary {
  /** As the user named it (`telco-churn.csv`). */
  readonly source: string
  readonly rows: number
  /** Columns of the source, the target included. */
  readonly columns: number
  /** Columns that the model reads. */
  readonly featuresUsed: number
  /** SHA-256 of the content, hexadecimal. */
  readonly hash: string
  /** How rows were divided, in words (`stratified by Churn`, `ordered by date`). */
  readonly split: string
  /** Number of folds or repeats behind the validation scores. */
  readonly folds: number
  /** Parts in order: train, validation, test. */
  readonly parts: readonly { readonly name: string; readonly rows: number }[]
}

/** One model of the ladder. */
export interface LadderStep {
  /** For people, unique in the ladder (`Gradient boosting`). */
  readonly name: string
  /** The kind in the catalogue (`gradient-boosting-classifier`). */
  readonly kind: string
  /** The first step: answers a constant. */
  readonly isBaseline: boolean
  /** The deciding metric over the folds: mean and interval. */
  readonly score: ScoreInterval
  /** What this step buys over an earlier one, by a paired test on the same folds; absent for the baseline. */
  readonly gain?: StepGain | undefined
  /** Seconds for one fit on the training rows. */
  readonly fitSeconds: number
  /** Seconds to predict 1,000 rows. */
  readonly predictSecondsPer1000: number
  /** Why it was not finished or left out, in words (`stopped by the time budget`). */
  readonly note?: string | undefined
}

/** A paired comparison of two models on the same folds or rows. */
export interface StepGain {
  /** The model it is compared with: the best of the earlier steps. */
  readonly over: string
  /** Mean difference, positive is better; with its interval. */
  readonly value: number
  readonly low: number
  readonly high: number
  /** Of the paired test, two-sided. */
  readonly pValue: number
  /** The test could not tell the two apart. */
  readonly isWithinNoise: boolean
}

/** One metric on the test part. */
export interface TestMetric extends MetricInfo, ScoreInterval {
  /** The same metric of the constant baseline, where it is defined. */
  readonly baseline?: number | undefined
}

/** Results on the test part of a task with classes. */
export interface ClassificationResults {
  /** In the order of all matrices and lists below. */
  readonly classes: readonly string[]
  /** counts[true][predicted], k × k, at the chosen threshold. */
  readonly confusion: readonly (readonly number[])[]
  /** Binary: one curve, of the positive class. Multiclass: one per class against the rest, same order. */
  readonly roc: readonly RocSeries[]
  /** As `roc`. */
  readonly precisionRecall: readonly PrecisionRecallSeries[]
  readonly calibration?: CalibrationResults | undefined
  /** Binary only. */
  readonly gain?: GainSeries | undefined
  /** Binary only. */
  readonly thresholds?: ThresholdResults | undefined
}

/** How well probabilities keep their word. */
export interface CalibrationResults {
  /** Binary: of the positive class. Multiclass: of the predicted class. */
  readonly bins: readonly CalibrationBin[]
  /** Expected calibration error, 0 to 1. */
  readonly ece: number
}

/** What happens at each threshold on the probability of the positive class; all lists of one length. */
export interface ThresholdResults {
  /** Rising; about 20 to 100 are shown well. */
  readonly threshold: readonly number[]
  readonly truePositives: readonly number[]
  readonly falsePositives: readonly number[]
  readonly trueNegatives: readonly number[]
  readonly falseNegatives: readonly number[]
  /** The threshold in the bundle. */
  readonly chosen: number
  /** What it was chosen for, in words (`F1`). */
  readonly chosenFor: string
  /** Where it was chosen, in words (`validation`). */
  readonly chosenOn: string
}

/** Results on the test part of a regression. */
export interface RegressionResults {
  /** True and predicted values of the same rows; the page samples when there are many. */
  readonly actual: readonly number[]
  readonly predicted: readonly number[]
}

/** Permutation importance of the columns of the source. */
export interface ImportanceResults {
  /** By which the drop is measured. */
  readonly metric: MetricInfo
  /** Shuffles per column. */
  readonly repeats: number
  /** On which rows, in words (`test`). */
  readonly part: string
  /** Most important first; all columns, the page shows the first. */
  readonly columns: readonly {
    readonly column: string
    /** Mean drop of the score, positive is important, also where smaller is better. */
    readonly mean: number
    /** Standard deviation over the repeats. */
    readonly sd: number
  }[]
}

/** Scores on parts of the test rows. */
export interface SliceResults {
  readonly metric: MetricInfo
  /** On all test rows. */
  readonly overall: number
  /** How many slices were looked at, so that the worst of many is not taken for a surprise. */
  readonly examined: number
  /** Worst first; the page shows the first. */
  readonly worst: readonly SliceScore[]
}

/** The test rows that share a value or a range of one column. */
export interface SliceScore {
  readonly column: string
  /** The value or range as text (`Two year`, `12 to 24`, `missing`). */
  readonly value: string
  readonly rows: number
  readonly score: number
  /** Ends of the interval, where it was computed: only then a slice is called clearly worse. */
  readonly low?: number | undefined
  readonly high?: number | undefined
}

/** Does it overfit, would more data help? All scores by the deciding metric. */
export interface LearningResults {
  /** Score of the judged model on the rows it was fitted on. */
  readonly train: number
  /** Score on rows that it was not fitted on, with the spread over folds. */
  readonly validation: ScoreInterval
  /** By number of training rows, rising. */
  readonly curve?: readonly LearningCurvePoint[] | undefined
  /** Of boosted models: loss by round. */
  readonly boosting?: (BoostingSeries & { readonly loss: string }) | undefined
}

/** A finding that a reader should know. */
export interface ReportAlert {
  /** Kebab-case (`target-leak`, `constant-column`). */
  readonly code: string
  /** How much it matters: it changes what to believe, it may, it is good to know. */
  readonly severity: 'serious' | 'warning' | 'note'
  readonly column?: string | undefined
  /** One sentence. */
  readonly message: string
  /** Facts behind it (`alone predicts the target with AUC 1.000`). */
  readonly evidence?: readonly string[] | undefined
  /** What was done about it (`left out`, `kept`). */
  readonly treatment?: string | undefined
}

/** How to get the same model again. */
export interface Reproduction {
  /** Commands, one per line as they would be typed. */
  readonly commands: readonly string[]
  readonly seed: number
  /** Package → version. */
  readonly versions: Readonly<Record<string, string>>
  /** The resolved recipe, any JSON. */
  readonly recipe: unknown
}

/** What only people know, and what the job knows of its own limits. The page never invents any of it. */
export interface ModelCard {
  /** Written by the owner; the page shows a place to fill when absent. */
  readonly intendedUse?: string | undefined
  /** Written by the owner; the page shows a place to fill when absent. */
  readonly owner?: string | undefined
  /** How the model was trained, one sentence each (`300 trees of at most 31 leaves`). */
  readonly training: readonly string[]
  /** Known limits, one sentence each; those that follow from the figures are added by the page. */
  readonly limits: readonly string[]
}
