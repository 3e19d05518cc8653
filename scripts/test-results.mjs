// A vitest reporter that writes the file which CI counts from, because vitest's own JSON leaves out why a test was skipped.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export default class TestResults {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: [], skipped: [] }
    for (const module of modules) {
      let failedTests = 0
      for (const test of module.children.allTests()) {
        const { state, note } = test.result()
        const name = `${module.relativeModuleId}: ${test.fullName}`
        if (state === 'passed') summary.passed++
        else if (state === 'failed') failedTests = summary.failed.push(name)
        else summary.skipped.push({ name, reason: note ?? reasonInName(test) })
      }
      // A file that does not load, or a failing hook, has no failed test to count.
      if (module.state() === 'failed' && failedTests === 0) summary.failed.push(module.relativeModuleId)
    }
    for (const error of unhandledErrors) summary.failed.push(`unhandled error: ${error.message}`)
    const path = process.env.MODELWRIGHT_TEST_RESULTS
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(summary, null, 2))
  }
}

/** `it.skipIf(…)` takes no reason, so such tests carry it in brackets: "reads adult [needs the shared data]". */
function reasonInName(test) {
  const brackets = [...test.fullName.matchAll(/\[([^\]]+)\]|\(([^()]+)\)/g)].at(-1)
  return brackets?.[1] ?? brackets?.[2] ?? 'no reason given'
}
