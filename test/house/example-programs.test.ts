import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesUnder, root } from '../../scripts/paths.mjs'
import { run } from '../../scripts/run.mjs'

const programs = filesUnder('examples').filter((file) => /^examples\/[^/]+\.ts$/.test(file))
// Compiling takes a second or two and the longest program gives itself twenty; the rest is for a busy machine.
const limit = 60_000

it.each(programs)(
  '%s runs to its end',
  async (file) => {
    const name = file.slice('examples/'.length, -'.ts'.length)
    const { code, output } = await run(process.execPath, [join(root, 'scripts/examples/program.mjs'), name], {
      timeout: limit,
    })
    expect(code, output).toBe(0)
    expect(output).toMatch(expected[name] ?? /^\S/)
  },
  limit,
)

/** What each prints, in outline. */
const expected: Readonly<Record<string, RegExp>> = {
  churn: /roc-auc 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)[\s\S]*a constant answer: 0\.500[\s\S]*report\.html/,
  micrograd: /step 0: loss 1\.\d{3}[\s\S]*1[89]\d of 200 points/,
  rows: /roc-auc 0\.\d{3} ±[\s\S]*an order of ten items: yes/,
  server: /200 \{"churn":"Yes"\}/,
}
