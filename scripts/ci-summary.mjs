// Adds up tests and checks for .ci/run: names what failed and what was skipped, then "N passed, N failed" as the last line.
import { readFileSync } from 'node:fs'

const [testsExit, checksExit] = process.argv.slice(2).map(Number)
const tests = read(process.env.MODELWRIGHT_TEST_RESULTS, testsExit, 'npm test')
const checks = read(process.env.MODELWRIGHT_CHECK_RESULTS, checksExit, 'static checks')

/** A run that ended badly without naming a failure (a crash, a failed install) counts as one. */
function read(path, exitCode, name) {
  let summary = { passed: 0, failed: [], skipped: [] }
  try {
    summary = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    exitCode ||= 1
  }
  if (exitCode !== 0 && summary.failed.length === 0) {
    summary.failed.push(`${name} ended with exit code ${exitCode} and no result`)
  }
  return summary
}

for (const [reason, count] of countByReason(tests.skipped)) console.log(`skipped ${count}: ${reason}`)

const failed = [...tests.failed, ...checks.failed]
for (const name of failed) console.log(`failed: ${name}`)
console.log(`${tests.passed + checks.passed} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

function countByReason(skipped = []) {
  const counts = new Map()
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return counts
}
