// `modelwright inspect`: what a bundle holds, without running it.
import { inspectModel } from '../../../engine/onnx/index.js'
import { readBundle } from '../../../operate/bundle/index.js'
import type { CommandContext } from '../program.js'
import { formatCount, formatScore } from '../numbers.js'
import { type Output, outputTo } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'

export async function inspectCommand({ args, options }: CommandContext): Promise<void> {
  const bundle = await readBundle(args[0]!)
  const graph = inspectModel(bundle.onnx)
  if (options['json'] === true)
    process.stdout.write(`${JSON.stringify({ manifest: bundle.manifest, graph }, null, 2)}\n`)
  else show(bundle.manifest, graph, outputTo(process.stdout))
}

type Manifest = Awaited<ReturnType<typeof readBundle>>['manifest']

function show(manifest: Manifest, graph: ReturnType<typeof inspectModel>, output: Output): void {
  const { line, paint, width } = output
  line(
    `${paint('bold', manifest.target)}: ${manifest.task}, model ${paint('bold', manifest.model)}, ${manifest.metric} ${formatScore(manifest.scores[manifest.metric] ?? Number.NaN)} in training`,
  )
  line(paint('dim', `${manifest.createdBy}, ${manifest.createdAt}, seed ${manifest.seed}`))
  line(
    paint(
      'dim',
      `data: ${formatCount(manifest.data.rows)} rows × ${manifest.data.columns} columns, ${manifest.data.hash.slice(0, 16)}…`,
    ),
  )
  line()
  const inputs = manifest.signature.inputs.map(({ name, type, labels, format }) => [
    name,
    type,
    labels?.join(' / ') ?? format ?? '',
  ])
  for (const text of textTable(
    [{ title: 'input' }, { title: 'type' }, { title: 'written as' }],
    inputs,
    width,
  ))
    line(text)
  line()
  const { prediction, probabilities } = manifest.signature.outputs
  if (manifest.task === 'regression') line(`gives ${prediction}`)
  else
    line(
      `gives ${prediction} and ${probabilities} of ${manifest.classes.join(', ')}${manifest.classes.length === 2 ? `; ${String(manifest.classes[1])} from ${formatScore(manifest.threshold)}` : ''}`,
    )
  const opsets = Object.entries(graph.opsets).map(([domain, version]) => `${domain} ${version}`)
  const nodes = Object.values(graph.operators).reduce((sum, count) => sum + count, 0)
  line(paint('dim', `model.onnx: ${formatCount(graph.bytes)} bytes, ${nodes} nodes, ${opsets.join(', ')}`))
}
