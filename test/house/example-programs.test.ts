import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesUnder, root } from '../../scripts/paths.mjs'
import { run } from '../../scripts/run.mjs'

const programs = filesUnder('examples').filter((file) => /^examples\/[^/]+\.ts$/.test(file))
// Compiling takes a second or two and the longest program gives itself twenty; the rest is for a busy machine: networks took
// forty seconds on two cores that fourteen programs shared.
const limit = 120_000

const runProgram = (...args: string[]) =>
  run(process.execPath, [join(root, 'scripts/examples/program.mjs'), ...args], { timeout: limit })

it.each(programs)(
  '%s runs to its end',
  async (file) => {
    const name = file.slice('examples/'.length, -'.ts'.length)
    const { code, output } = await runProgram(name)
    expect(code, output).toBe(0)
    expect(output).toMatch(expected[name] ?? /^\S/)
    const reach = learned[name]
    if (reach === undefined) return
    reach(figuresIn(output))
    expect(readFileSync(join(root, 'out', name, 'learning-curve.svg'), 'utf8')).toMatch(
      /^<svg [\s\S]*Training steps[\s\S]*<polyline class="line training"[\s\S]*<\/svg>\n$/,
    )
  },
  limit,
)

describe('an example that is told wrong', () => {
  it.each([
    [['digits', '--full'], /^digits: --full and --data FOLDER belong together/],
    [['digits', '--full', '--data', 'nowhere'], /^digits: the folder nowhere is not there/],
    [['character-gpt', '--full', '--data', 'docs'], /: the folder docs lacks tinyshakespeare\.txt\.gz/],
    [['sentences', '--fast'], /^sentences: Unknown option '--fast'/],
  ])(
    '%j says so in two lines',
    async (args, sentence) => {
      const { code, output } = await runProgram(...args)
      expect(code).toBe(2)
      expect(output).toMatch(sentence)
      expect(output.trim().split('\n')).toHaveLength(2)
    },
    limit,
  )
})

/** What each prints, in outline. */
const expected: Readonly<Record<string, RegExp>> = {
  'character-gpt': /validation loss \d\.\d+ a letter; by pairs of letters alone \d/,
  churn: /roc-auc 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)[\s\S]*a constant answer: 0\.500[\s\S]*report\.html/,
  digits: /step 47: training loss [\s\S]*test accuracy/,
  'fine-tune': /learns: classifier\.weight, classifier\.bias\n[\s\S]*model: out/,
  'lstm-forecast': /mean error of the test/,
  micrograd: /step 0: loss 1\.\d{3}[\s\S]*1[89]\d of 200 points/,
  rows: /roc-auc 0\.\d{3} ±[\s\S]*an order of ten items: yes/,
  sentences: /test accuracy/,
  server: /200 \{"churn":"Yes"\}/,
}

/** Decimals in the order in which they are printed; those of the curve come first. */
const figuresIn = (output: string): number[] =>
  output
    .split('\n')
    .filter((line) => !line.startsWith('step'))
    .flatMap((line) => line.match(/\d+\.\d+/g) ?? [])
    .map(Number)

/** What those that train a network must reach in their short setting; constants would be far from it. */
const learned: Readonly<Record<string, (figures: readonly number[]) => void>> = {
  'character-gpt'([loss, pairs]) {
    expect(loss).toBeLessThan(2.25)
    expect(loss).toBeLessThan(pairs! - 0.15)
  },
  digits: ([accuracy]) => expect(accuracy).toBeGreaterThan(97),
  'fine-tune'([before, classifier, whole]) {
    expect(before).toBeLessThan(25)
    expect(classifier).toBeGreaterThan(88)
    expect(whole).toBeGreaterThan(97)
  },
  'lstm-forecast'([error, hourAgo, weekAgo]) {
    expect(error).toBeLessThan(0.35 * hourAgo!)
    expect(error).toBeLessThan(0.6 * weekAgo!)
  },
  sentences: ([accuracy]) => expect(accuracy).toBeGreaterThan(97),
}
