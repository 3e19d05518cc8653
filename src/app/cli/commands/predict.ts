// `modelwright predict`: rows in, predictions out, in bounded memory.
import { rmSync } from 'node:fs'
import { besidePath, destinationOf, UsageError } from '../../../base/index.js'
import { streamTables, writeTable } from '../../../data/index.js'
import { refuseReplacing } from '../../../data/source/index.js'
import type { EngineChoice } from '../../../engine/onnx/index.js'
import { loadModel, predictTables } from '../../../operate/bundle/index.js'
import type { CommandContext } from '../program.js'
import { formatCount } from '../numbers.js'
import { showProgress } from '../terminal/progress.js'
import { outputTo } from '../terminal/style.js'
import { numberOption, textOptions } from '../train-options.js'
import { abortOnInterrupt } from '../interrupt.js'

/** Enough rows to keep the runtime busy, few enough that an interrupt is heard between batches of a slow model. */
const batchRows = 16_384

export async function predictCommand({ args, options }: CommandContext): Promise<void> {
  const { source, interval } = sourceAndInterval(args[1], options['interval'] as string | true | undefined)
  const sql = options['sql'] as string | undefined
  if (source === undefined && sql === undefined) {
    throw new UsageError(
      'predict: give the rows to predict (a file, a glob or - for standard input), or --sql.',
      { argument: 'source' },
    )
  }
  const out = String(options['out'])
  if (out !== '-') await refuseReplacing(out, '--out', { sources: [source], sql })
  const screen = outputTo(process.stderr)
  const signal = abortOnInterrupt(() => {
    for (const ending of ['', '.jsonl']) rmSync(`${besidePath(destinationOf(out))}${ending}`, { force: true })
  })
  await using model = await loadModel(args[0]!, { engine: options['engine'] as EngineChoice })
  if (model.note !== undefined) screen.line(`note: ${model.note}`)
  const progress = showProgress(screen, undefined)
  const { inputs } = model.manifest.signature
  const keep = options['keepColumns'] === true ? 'all' : []
  const rows = streamTables(source, {
    sql,
    ...textOptions(options),
    fields: inputs,
    rows: batchRows,
    keep,
    ignore: [model.manifest.target, ...model.manifest.data.leftOut],
    signal,
    onEvent(event) {
      progress.handle(event)
      if (event.type !== 'warning') return
      progress.clear()
      screen.line(`${screen.paint('yellow', '!')} ${event.message}`)
    },
  })
  const count = await writeTable(predictTables(model, rows, { keep, interval }), out, { signal }).finally(
    progress.stop,
  )
  if (out !== '-' && options['json'] === true)
    process.stdout.write(`${JSON.stringify({ rows: count, out, engine: model.engine })}\n`)
  else if (out !== '-') screen.line(`${formatCount(count)} rows predicted to ${out}`)
}

// Nine in ten is what people expect of an interval that names no level.
const usualLevel = 0.9

/** `--interval rows.csv` takes the source for its level: what is no number is the source, where there is none. */
function sourceAndInterval(
  source: string | undefined,
  level: string | true | undefined,
): { readonly source: string | undefined; readonly interval: number | undefined } {
  if (level === undefined) return { source, interval: undefined }
  if (level === true) return { source, interval: usualLevel }
  if (source === undefined && Number.isNaN(Number(level))) return { source: level, interval: usualLevel }
  return { source, interval: numberOption('--interval', level) }
}
