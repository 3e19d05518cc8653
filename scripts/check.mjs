// The static checks. All of them run, also when one fails; CI reads their number from the file that it names.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './paths.mjs'
import { run, runTool } from './run.mjs'
import { isBuilt } from './build.mjs'

const formatted = [
  'src',
  'test',
  'scripts',
  'bench',
  'examples',
  'ui',
  'package.json',
  'vitest.config.ts',
  'knip.config.js',
]

const checks = {
  'build is current': () => ({ code: isBuilt() ? 0 : 1, output: 'dist does not match src: npm run build' }),
  'format (oxfmt)': () =>
    runTool('oxfmt', ['--list-different', '--no-error-on-unmatched-pattern', ...formatted]),
  'types (tsc)': () => runTool('typescript', ['-p', 'tsconfig.json', '--noEmit']),
  'types of the page (tsc)': () => runTool('typescript', ['-p', 'ui/tsconfig.json', '--noEmit']),
  'lint with types and import cycles (oxlint)': () =>
    runTool('oxlint', ['--type-aware', '--deny-warnings', '--format=unix']),
  layers: () => run(process.execPath, [join(root, 'scripts/layers.mjs')]),
  'unused files, exports and packages (knip)': () => runTool('knip', ['--no-progress']),
  'package (publint)': () => runTool('publint', ['--strict']),
  'types of the package (attw)': () =>
    runTool('@arethetypeswrong/cli', ['--pack', '.', '--profile', 'esm-only', '--quiet']),
}

/** A tool that is not installed fails its own check, not the others. */
async function outcome(check) {
  try {
    return await check()
  } catch (error) {
    return { code: 1, output: error.message }
  }
}

const summary = { passed: 0, failed: [] }
for (const [name, check] of Object.entries(checks)) {
  const { code, output } = await outcome(check)
  if (code === 0) {
    summary.passed++
    console.log(`ok    ${name}`)
  } else {
    summary.failed.push(name)
    console.log(`FAIL  ${name}\n${output.trimEnd().replace(/^/gm, '      ')}`)
  }
}

const resultFile = process.env.MODELWRIGHT_CHECK_RESULTS
if (resultFile !== undefined) {
  mkdirSync(dirname(resultFile), { recursive: true })
  writeFileSync(resultFile, JSON.stringify(summary, null, 2))
}
if (summary.failed.length > 0) process.exitCode = 1
