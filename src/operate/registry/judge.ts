// Holds a challenger against the rules of a gate.
import { contentHash, type Table } from '../../data/index.js'
import { findMetric, type Metric } from '../../metrics/index.js'
import { judgeRows, type LoadedModel } from '../bundle/index.js'
import type { ModelVersion } from '../store/index.js'
import { type Gain, gainOf, judgeRivals, type SliceGain, sliceGains } from './compare-on-data.js'
import { type Compatibility, compareSignatures } from './compatibility.js'
import type { Gate } from './gate.js'
import { lineageIn } from './lineage.js'
import { signatureIn } from './signature.js'
import {
  approvalsCheck,
  beatCheck,
  compatibleCheck,
  type GateCheck,
  reachCheck,
  sliceCheck,
  type Verdict,
  type VerdictData,
  verdictOf,
} from './verdict.js'

/** Rows to judge on, with where they came from. */
export interface JudgingData {
  readonly source: string
  readonly table: Table
}

/** What a verdict is made from. */
export interface Candidacy {
  readonly gate: Gate
  readonly alias: string
  readonly challenger: ModelVersion
  readonly champion: ModelVersion | undefined
  /** Who approved the challenger. */
  readonly approvals: readonly string[]
  /** Called only when something is to be measured. */
  data(): Promise<JudgingData | undefined>
  /** Loads a version; it is closed after use. */
  load(version: ModelVersion): Promise<LoadedModel>
}

/** The verdict; nothing is changed and nothing recorded. */
export async function judge(candidacy: Candidacy): Promise<Verdict> {
  const { gate, challenger, champion, approvals } = candidacy
  const compatibility = champion && compatibilityOf(champion, challenger)
  const measured = needsData(candidacy) ? await measure(candidacy, compatibility) : nothing
  const checks = [
    ...(gate.compatible && champion !== undefined ? [compatibilityCheck(compatibility)] : []),
    ...measured.checks,
    ...(gate.approvals > 0 ? [approvalsCheck(gate.approvals, approvals)] : []),
  ]
  return verdictOf({
    gate,
    model: challenger.name,
    alias: candidacy.alias,
    challenger: challenger.version,
    champion: champion?.version,
    ...measured,
    compatibility,
    approvals,
    checks,
  })
}

function compatibilityOf(champion: ModelVersion, challenger: ModelVersion): Compatibility | undefined {
  const [before, after] = [signatureIn(champion), signatureIn(challenger)]
  return before === undefined || after === undefined ? undefined : compareSignatures(before, after)
}

const compatibilityCheck = (compatibility: Compatibility | undefined): GateCheck =>
  compatibility === undefined
    ? {
        rule: 'compatible',
        passed: false,
        sentence:
          'Nobody knows what one of the two takes, as it is no bundle of Modelwright; without the rule compatible it is not asked for.',
      }
    : compatibleCheck(compatibility)

function needsData({ gate, champion }: Candidacy): boolean {
  const rivalry = champion !== undefined && (gate.mustBeat !== false || gate.noWorseThan !== undefined)
  return rivalry || gate.reach !== undefined
}

type Measured = Pick<Verdict, 'metric' | 'data' | 'gain' | 'score' | 'slices' | 'checks'>

const nothing: Measured = {
  metric: undefined,
  data: undefined,
  gain: undefined,
  score: undefined,
  slices: [],
  checks: [],
}

const unmeasured = (sentence: string): Measured => ({
  ...nothing,
  checks: [{ rule: 'mustBeat', passed: false, sentence }],
})

async function measure(candidacy: Candidacy, compatibility: Compatibility | undefined): Promise<Measured> {
  const { challenger, champion } = candidacy
  const bare = [challenger, champion].find(
    (version) => version !== undefined && signatureIn(version) === undefined,
  )
  if (bare !== undefined) {
    return unmeasured(
      `Version ${bare.version} is no bundle of Modelwright (its source is '${bare.source}'), so it cannot be judged here.`,
    )
  }
  const apart = compatibility?.changes.find(({ about }) => ['task', 'target', 'class'].includes(about))
  if (apart !== undefined) return unmeasured(`The two cannot be judged by one measure: ${apart.sentence}`)
  const data = await candidacy.data()
  if (data === undefined) {
    return unmeasured(
      'There are no rows to judge the challenger on: no run of it kept any. Give some whose target is known: data (--data).',
    )
  }
  if (contentHash(data.table) === lineageIn(challenger)?.data.hash) {
    return unmeasured(
      `Version ${challenger.version} learned from ${data.source}, so that it would look better there than it is. Give rows that it has not seen: data (--data).`,
    )
  }
  await using model = await candidacy.load(challenger)
  if (champion === undefined) return await measureAlone(candidacy.gate, data, model)
  await using rival = await candidacy.load(champion)
  return await measureBoth(candidacy.gate, data, { challenger: model, champion: rival })
}

const dataOf = ({ source, table }: JudgingData, rows: number): VerdictData => ({
  source,
  hash: contentHash(table),
  rows,
})

/** Without a rival there is a score to reach, and nobody to beat. */
async function measureAlone(gate: Gate, data: JudgingData, model: LoadedModel): Promise<Measured> {
  const metric = metricOf(gate, model)
  const { actual, predicted, rows } = await judgeRows(model, data.table)
  const score = metric.score(actual, predicted)
  return {
    ...nothing,
    metric: metric.name,
    data: dataOf(data, rows.length),
    score,
    checks: gate.reach === undefined ? [] : [reachCheck(metric, gate.reach, score)],
  }
}

async function measureBoth(
  gate: Gate,
  data: JudgingData,
  models: { readonly challenger: LoadedModel; readonly champion: LoadedModel },
): Promise<Measured> {
  const metric = metricOf(gate, models.champion)
  const rivals = await judgeRivals(data.table, models.challenger, models.champion)
  const { level, mustBeat, reach, noWorseThan } = gate
  const gain = await gainOf(metric, rivals, level)
  const slices =
    noWorseThan === undefined ? [] : await sliceGains(metric, rivals, { rule: noWorseThan, level })
  return {
    metric: metric.name,
    data: dataOf(data, rivals.challenger.rows.length),
    gain,
    score: gain.challenger,
    slices,
    checks: [
      ...beatChecks(metric, { mustBeat, level }, gain),
      ...(reach === undefined ? [] : [reachCheck(metric, reach, gain.challenger)]),
      ...sliceChecks(noWorseThan?.by ?? 0, noWorseThan === undefined ? undefined : slices),
    ],
  }
}

const metricOf = (gate: Gate, { manifest }: LoadedModel): Metric =>
  findMetric(gate.metric ?? manifest.metric, manifest.task)

function beatChecks(
  metric: Metric,
  { mustBeat, level }: Pick<Gate, 'mustBeat' | 'level'>,
  gain: Gain,
): GateCheck[] {
  if (mustBeat === false) return []
  return [beatCheck(metric.name, { by: mustBeat === true ? 0 : mustBeat.by, level }, gain)]
}

const sliceChecks = (by: number, slices: readonly SliceGain[] | undefined): GateCheck[] =>
  slices === undefined ? [] : [sliceCheck(by, slices)]
