// The public contract suite: what every estimator promises, ours and those of third parties.
import type { Check, ContractOptions, Subject } from './check.js'
import { formChecks } from './checks-form.js'
import { learnChecks } from './checks-learn.js'
import { predictChecks } from './checks-predict.js'
import { readChecks } from './checks-read.js'

/** The test runner's words; vitest, jest and node:test have them. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it: ((name: string, body: () => Promise<void>) => unknown) & {
    skip(name: string, body: () => Promise<void>): unknown
  }
}

/** All promises, for runners of your own. */
export const estimatorChecks: readonly Check[] = [
  ...formChecks,
  ...predictChecks,
  ...readChecks,
  ...learnChecks,
]

/**
 * Registers one test for every promise of the estimator contract.
 *
 * @param make - gives the estimator, described anew each time
 * @param options - the task, and what to leave out with its reason
 * @param runner - `describe` and `it` of your test runner
 */
export function estimatorContract(make: () => Subject, options: ContractOptions, runner: TestRunner): void {
  runner.describe(`contract: ${make().kind} (${options.task})`, () => {
    for (const { name, run } of estimatorChecks) {
      const reason = options.skip?.[name]
      if (reason === undefined) runner.it(name, () => run(make, options))
      else runner.it.skip(`${name} (${reason})`, () => run(make, options))
    }
  })
}
