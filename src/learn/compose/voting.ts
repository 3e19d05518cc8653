// The mean of several models: the simplest ensemble, and hard to beat when its members err in different ways.
import { checkOptions, InvalidOptionError, type OptionChecks } from '../../base/index.js'
import type { Field, Table } from '../../data/index.js'
import { type GraphBuilder, scalar, type Value } from '../../engine/onnx/index.js'
import {
  asClassifier,
  asRegressor,
  type Classifier,
  type CoreEstimator,
  type CoreModel,
  type FitData,
  type LearnerTraits,
  type ModelDocument,
  type Regressor,
  type RowValue,
  type SymbolicTable,
} from '../contracts/index.js'
import { hasRole, received } from './received.js'
import { picker } from './row-functions.js'
import { leastPortable } from './steps.js'

/** Options of the voting estimators. */
export interface VotingOptions {
  /** One weight per estimator, at least 0. @default all equal */
  readonly weights?: readonly number[] | undefined
}

/** What an average lets people read. */
export type VotingLearned = Readonly<{
  /** The fitted members. */
  members: readonly CoreModel[]
  /** The weight of each, together 1. */
  weights: readonly number[]
}>

const checks: OptionChecks<VotingOptions> = {
  weights: { expected: 'a list of one weight per estimator', accepts: Array.isArray },
}

/**
 * Averages the probabilities of several classifiers ("soft voting").
 *
 * p(c | x) = Σᵢ wᵢ pᵢ(c | x) / Σᵢ wᵢ. Cost: the sum of its members.
 *
 * @throws {@link InvalidOptionError} without members, or when weights do not match them
 */
export function votingClassifier(
  estimators: readonly Classifier[],
  options: VotingOptions = {},
): Classifier<VotingLearned> {
  checkOptions<VotingOptions>('votingClassifier', options, checks)
  return asClassifier(votingCore(estimators, options))
}

/** Averages the predictions of several regressors: ŷ = Σᵢ wᵢ ŷᵢ / Σᵢ wᵢ. */
export function votingRegressor(
  estimators: readonly Regressor[],
  options: VotingOptions = {},
): Regressor<VotingLearned> {
  checkOptions<VotingOptions>('votingRegressor', options, checks)
  return asRegressor(votingCore(estimators, options))
}

/** Voting without a public face. */
export function votingCore(estimators: readonly CoreEstimator[], options: VotingOptions): CoreEstimator {
  requireMembers(estimators)
  const weights = normalized(estimators.length, options.weights)
  return Object.freeze({
    role: 'estimator' as const,
    kind: 'voting',
    options: {
      weights,
      estimators: estimators.map((member) => ({ kind: member.kind, options: member.options })),
    },
    traits: {
      predicts: estimators[0]!.traits.predicts,
      matrix: 'float64' as const,
      missing: estimators.every((member) => member.traits.missing),
      prefers: preferenceOf(estimators),
    },
    async fitCore(data: FitData) {
      const members: CoreModel[] = []
      for (const [i, member] of estimators.entries()) {
        members.push(await member.fitCore({ ...data, rng: data.rng.split('member', i) }))
      }
      return votingModel(members, weights)
    },
  })
}

/** That of the first member, but not of a network where others would be given text that they refuse. */
const preferenceOf = (members: readonly CoreEstimator[]): LearnerTraits['prefers'] =>
  members.map(({ traits }) => traits.prefers).find((prefers) => prefers !== 'network') ?? 'network'

function requireMembers(estimators: unknown): void {
  const members: readonly unknown[] = Array.isArray(estimators) ? estimators : [estimators]
  const other = members.find((member) => !hasRole(member, 'estimator'))
  if (Array.isArray(estimators) && other === undefined) return
  throw new InvalidOptionError(
    `voting: expected a list of estimators, received ${received(other ?? estimators)}${Array.isArray(estimators) ? ' among them' : ''}.`,
    { option: 'estimators', expected: 'a list of estimators', received: received(other ?? estimators) },
  )
}

function normalized(
  count: number,
  weights: readonly number[] = Array.from({ length: count }, () => 1),
): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (count === 0 || weights.length !== count || weights.some((weight) => !(weight >= 0)) || !(sum > 0)) {
    throw new InvalidOptionError(
      `voting: expected at least one estimator and one weight of at least 0 for each, received ${count} estimators and weights [${weights.join(', ')}].`,
      { option: 'weights', expected: count, received: weights },
    )
  }
  return weights.map((weight) => weight / sum)
}

/** Fitted members as one model; weights sum to 1. Members with weight 0 are left out. */
export function votingModel(all: readonly CoreModel[], allWeights: readonly number[]): CoreModel {
  const members = all.filter((_, i) => allWeights[i]! > 0)
  const weights = allWeights.filter((weight) => weight > 0)
  const first = members[0]!
  const inputs = unionOfInputs(members)
  return Object.freeze({
    kind: 'voting',
    predicts: first.predicts,
    portable: leastPortable(members),
    classes: first.classes,
    inputs,
    learned: { members, weights },
    async score(x: Table) {
      const scores: Float64Array[] = []
      for (const member of members) scores.push(await member.score(x))
      return weightedMean(scores, weights)
    },
    scoreNow: (x: Table) =>
      weightedMean(
        members.map((member) => member.scoreNow(x)),
        weights,
      ),
    rowFunction: () => rowMean(members, { weights, inputs }),
    toGraph: (x: SymbolicTable, graph: GraphBuilder) =>
      graphMean(
        graph,
        members.map((member) => member.toGraph(x, graph)),
        weights,
      ),
    toJSON: (): ModelDocument => ({
      format: 'modelwright',
      version: 1,
      kind: 'voting',
      options: null,
      state: { weights, members: members.map((member) => member.toJSON()) },
    }),
  } satisfies CoreModel)
}

/** The mean for one row, where each member can. */
function rowMean(
  members: readonly CoreModel[],
  { weights, inputs }: { readonly weights: readonly number[]; readonly inputs: readonly Field[] },
): ReturnType<CoreModel['rowFunction']> {
  const available = inputs.map(({ name }) => name)
  const functions: ((row: readonly RowValue[]) => Float64Array)[] = []
  for (const member of members) {
    const score = member.rowFunction()
    if (score === undefined) return undefined
    const pick = picker(available, member.inputs)
    functions.push((row) => score(pick(row as RowValue[])))
  }
  return (row) =>
    weightedMean(
      functions.map((score) => score(row)),
      weights,
    )
}

function unionOfInputs(members: readonly CoreModel[]): readonly Field[] {
  const fields = new Map<string, Field>()
  for (const field of members.flatMap((member) => member.inputs)) fields.set(field.name, field)
  return [...fields.values()]
}

function weightedMean(scores: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const mean = new Float64Array(scores[0]!.length)
  scores.forEach((score, m) => {
    const weight = weights[m]!
    for (let i = 0; i < mean.length; i++) mean[i]! += weight * score[i]!
  })
  return mean
}

function graphMean(graph: GraphBuilder, scores: readonly Value[], weights: readonly number[]): Value {
  const weighted = scores.map((score, i) =>
    graph.node('Mul', [score, graph.initializer('weight', scalar('float64', weights[i]!))]),
  )
  return weighted.reduce((sum, part) => graph.node('Add', [sum, part]))
}
