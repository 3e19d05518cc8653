// What a check is, and the few assertions that checks need; no test runner is imported, so that any can be used.
import type { Classifier, Regressor } from '../learn/contracts/index.js'

/** An estimator under test. */
export type Subject = Classifier | Regressor

/** What the suite must know of the estimator. */
export interface ContractOptions {
  readonly task: 'regression' | 'binary' | 'multiclass'
  /** The estimator reads text, booleans, dates and missing values (a pipeline with preparation). @default false */
  readonly mixed?: boolean
  /** Numbers may be missing. @default what its traits say */
  readonly missing?: boolean
  /** It looks at no column, so it cannot learn the pattern. @default false */
  readonly baseline?: boolean
  /** Predictions when rows come in another order: the same to this relative difference. @default 1e-6 */
  readonly rowOrderTolerance?: number
  /** ONNX against TypeScript, relative to the largest prediction. @default 1e-5, what a float32 sum of leaves gives */
  readonly onnxTolerance?: number
  /** Checks to leave out, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>
}

/** One promise of the contract. */
export interface Check {
  readonly name: string
  readonly run: (make: () => Subject, options: ContractOptions) => Promise<void>
}

export class ContractError extends Error {
  override readonly name = 'ContractError'
}

/** @throws {@link ContractError} unless the condition holds */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ContractError(message)
}

/** @throws {@link ContractError} unless |a − b| ≤ tolerance · max(1, |b|) everywhere */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expectThat(
    actual.length === expected.length,
    `${what}: ${actual.length} values, expected ${expected.length}`,
  )
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]!))
    expectThat(
      difference <= allowed || Object.is(actual[i], expected[i]),
      `${what}: value ${i} is ${actual[i]}, expected ${expected[i]} ± ${allowed}`,
    )
  }
}

/** The error that the work throws. @throws {@link ContractError} when it throws none */
export async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new ContractError('expected an error, but there was none')
}
