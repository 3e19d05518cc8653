// `modelwright experiments`: the groups that runs belong to.
import type { CommandContext } from '../program.js'
import { outputTo } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'
import { formatTime, printJson, withRuns } from './with-runs.js'

export async function experimentsCommand({ options }: CommandContext): Promise<void> {
  await withRuns(options, async (runs) => {
    const found = (await runs.experiments()).filter(
      ({ lifecycleStage }) => lifecycleStage === 'active' || options['deleted'] === true,
    )
    if (options['json'] === true) return printJson(found)
    const output = outputTo(process.stdout)
    const rows = found.map((one) => [
      one.experimentId,
      one.name,
      formatTime(one.lastUpdateTime),
      one.lifecycleStage === 'deleted' ? 'deleted' : '',
    ])
    const columns = [
      { title: 'id' },
      { title: 'name', names: true },
      { title: 'changed', mayGo: true },
      { title: '' },
    ]
    const [head, ...body] = textTable(columns, rows, output.width)
    output.line(output.paint('dim', head!))
    for (const line of body) output.line(line)
  })
}
