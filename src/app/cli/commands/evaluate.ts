// `modelwright evaluate`: a bundle against rows whose target is known.
import { UsageError } from '../../../base/index.js'
import { readTable, verbatimNames } from '../../../data/index.js'
import type { EngineChoice } from '../../../engine/onnx/index.js'
import { type BundleEvaluation, evaluateBundle, loadModel } from '../../../operate/bundle/index.js'
import { abortOnInterrupt } from '../interrupt.js'
import type { CommandContext } from '../program.js'
import { textOptions } from '../train-options.js'
import { formatCount, formatScore } from '../numbers.js'
import { type Output, outputTo } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'

export async function evaluateCommand({ args, options }: CommandContext): Promise<void> {
  const [bundle, source] = args
  const sql = options['sql'] as string | undefined
  if (source === undefined && sql === undefined) {
    throw new UsageError(
      'evaluate: give rows with a known target (a file, a glob or - for standard input), or --sql.',
      { argument: 'source' },
    )
  }
  await using model = await loadModel(bundle!, { engine: options['engine'] as EngineChoice })
  const result = await evaluateBundle(
    model,
    await readTable(source, {
      sql,
      ...textOptions(options),
      verbatim: verbatimNames(model.manifest.signature.inputs),
      signal: abortOnInterrupt(),
    }),
  )
  if (options['json'] === true) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  else show(result, outputTo(process.stdout))
}

function show(result: BundleEvaluation, output: Output): void {
  const { rows, leftOut, scores, intervals, trained } = result
  output.line(
    `${formatCount(rows)} rows judged${leftOut > 0 ? `, ${formatCount(leftOut)} left out for want of a known target` : ''}`,
  )
  output.line()
  const table = textTable(
    [
      { title: 'metric', names: true },
      { title: 'score', align: 'right' },
      { title: '95 % interval', align: 'right', mayGo: true },
      { title: 'in training', align: 'right', mayGo: true },
    ],
    Object.entries(scores).map(([name, score]) => [
      name === result.metric ? output.paint('bold', name) : name,
      formatScore(score),
      intervals[name]!.map(formatScore).join(' – '),
      trained[name] === undefined ? '' : formatScore(trained[name]),
    ]),
    output.width,
  )
  for (const line of table) output.line(line)
}
