// Outputs of a graph, row by row, as protocols with instances give them: the value alone where there is one output, else an object.
import { quote, UsageError } from '../../../../base/index.js'
import type { TensorPredictions } from '../../../../operate/serve/index.js'
import { rowTexts, type WriteStyle } from './write-json.js'

/**
 * @param rows - as many as there were instances
 * @throws {@link UsageError} when an output has another number of rows
 */
export function rowsOfOutputs(
  { outputs }: TensorPredictions,
  rows: number,
  styleOf: (output: string) => WriteStyle = () => ({}),
): readonly string[] {
  const names = Object.keys(outputs)
  const columns = names.map((name) => {
    const value = outputs[name]!
    if (value.dims[0] === rows) return rowTexts(value, styleOf(name))
    throw new UsageError(
      `Output ${quote(name)} has the sizes [${value.dims.join(', ')}], not one part for each of ${rows} instances. Ask by columns ('inputs') instead.`,
      { argument: 'instances' },
    )
  })
  if (columns.length === 1) return columns[0]!
  return Array.from({ length: rows }, (_, row) => {
    const fields = names.map((name, i) => `${JSON.stringify(name)}:${columns[i]![row]!}`)
    return `{${fields.join(',')}}`
  })
}
