// What a gate found, rule by rule, in sentences and figures.
import type { Gain, SliceGain } from './compare-on-data.js'
import type { Compatibility } from './compatibility.js'
import type { Gate } from './gate.js'

/** One rule of a gate, held against the challenger. */
export interface GateCheck {
  readonly rule: 'mustBeat' | 'reach' | 'noWorseThan' | 'compatible' | 'approvals'
  readonly passed: boolean
  readonly sentence: string
}

/** Which data a verdict rests on. */
export interface VerdictData {
  /** Where it came from, in words. */
  readonly source: string
  /** Of its contents. */
  readonly hash: string
  /** Rows judged: those with a target that both models know. */
  readonly rows: number
}

export interface Verdict {
  readonly passed: boolean
  /** In one sentence. */
  readonly sentence: string
  readonly gate: Gate
  readonly model: string
  readonly alias: string
  readonly challenger: number
  /** Undefined when the alias pointed nowhere: the first needs no rival. */
  readonly champion: number | undefined
  /** The metric that decided; undefined when nothing was measured. */
  readonly metric: string | undefined
  readonly data: VerdictData | undefined
  /** Challenger against champion on the data. */
  readonly gain: Gain | undefined
  /** The challenger's score where it had no rival. */
  readonly score: number | undefined
  readonly slices: readonly SliceGain[]
  readonly compatibility: Compatibility | undefined
  readonly approvals: readonly string[]
  readonly checks: readonly GateCheck[]
}

/** Four significant digits: more than data of a usual size can tell. */
export const figure = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'undefined'

export const signed = (value: number): string => `${value > 0 ? '+' : ''}${figure(value)}`

export function beatCheck(
  metric: string,
  { by, level }: { readonly by: number; readonly level: number },
  gain: Gain,
): GateCheck {
  const passed = gain.low > by
  const share = `${figure(level * 100)} %`
  const measured = `${metric} of the challenger is ${figure(gain.challenger)}, of the champion ${figure(gain.champion)}: a gain of ${signed(gain.gain)}, between ${signed(gain.low)} and ${signed(gain.high)} at ${share}`
  const asked = by === 0 ? 'above 0' : `above ${signed(by)}`
  const doubt =
    gain.gain > by
      ? `expected all of the interval ${asked}: these rows do not tell it for sure`
      : `expected ${asked}`
  return {
    rule: 'mustBeat',
    passed,
    sentence: passed ? `${measured}; all of it lies ${asked}.` : `${measured}; ${doubt}.`,
  }
}

export function reachCheck(
  { name, greaterIsBetter }: { readonly name: string; readonly greaterIsBetter: boolean },
  reach: number,
  score: number,
): GateCheck {
  const passed = greaterIsBetter ? score >= reach : score <= reach
  return {
    rule: 'reach',
    passed,
    sentence: `${name} of the challenger is ${figure(score)}, expected at ${greaterIsBetter ? 'least' : 'most'} ${figure(reach)}.`,
  }
}

export function sliceCheck(by: number, slices: readonly SliceGain[]): GateCheck {
  const worse = slices.filter(({ high }) => high < -by)
  const first = worse[0]
  const bearable = by === 0 ? '' : ` by more than ${figure(by)}`
  if (first === undefined) {
    const sentence =
      slices.length === 0
        ? 'No part of the data has rows enough to be judged by itself.'
        : `On none of ${slices.length} parts of the data is the challenger surely worse${bearable}.`
    return { rule: 'noWorseThan', passed: true, sentence }
  }
  return {
    rule: 'noWorseThan',
    passed: false,
    sentence: `On ${worse.length} of ${slices.length} parts of the data the challenger is surely worse${bearable}, such as ${first.column} = ${first.value} (${first.rows} rows): a gain of ${signed(first.gain)}, between ${signed(first.low)} and ${signed(first.high)}.`,
  }
}

export function compatibleCheck({ verdict, changes, sentence }: Compatibility): GateCheck {
  const breaking = changes.filter(({ effect }) => effect === 'breaking')
  return {
    rule: 'compatible',
    passed: verdict !== 'breaking',
    sentence: breaking.length === 0 ? sentence : breakingSentence(breaking.map((change) => change.sentence)),
  }
}

/** A wide table may have hundreds of changes: the difference of two versions lists them all. */
const mostChanges = 3

function breakingSentence(changes: readonly string[]): string {
  const rest = changes.length - mostChanges
  const more =
    rest > 0 ? ` And ${rest} more ${rest === 1 ? 'change' : 'changes'} (modelwright models diff).` : ''
  return `${changes.slice(0, mostChanges).join(' ')}${more} Where callers can be changed, leave out the rule compatible (--incompatible).`
}

export function approvalsCheck(needed: number, approvals: readonly string[]): GateCheck {
  const by = approvals.length === 0 ? '' : ` (${approvals.join(', ')})`
  return {
    rule: 'approvals',
    passed: approvals.length >= needed,
    sentence: `The challenger has ${approvals.length} approval${approvals.length === 1 ? '' : 's'}${by}, expected at least ${needed}.`,
  }
}

/** Joins the checks to a verdict. */
export function verdictOf(given: Omit<Verdict, 'passed' | 'sentence'>): Verdict {
  const failed = given.checks.filter(({ passed }) => !passed)
  const who = `Version ${given.challenger} of model '${given.model}'`
  const role = `'${given.alias}'`
  if (failed.length > 0) {
    const reasons = failed.map(({ sentence }) => sentence).join(' ')
    return { ...given, passed: false, sentence: `${who} may not become ${role}. ${reasons}` }
  }
  const first = given.champion === undefined ? ', the first of its kind' : ''
  return { ...given, passed: true, sentence: `${who} may become ${role}${first}.` }
}
