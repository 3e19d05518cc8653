// A graph in the thread of the service: for what computes in less time than a message to a worker takes.
import type { Session } from '../../engine/onnx/index.js'
import { now } from '../../base/index.js'
import type { Lane, RunInputs, RunResult } from './lane.js'
import { cutRows, joined, type Tensors } from './tensor-rows.js'

/**
 * A lane of a single graph.
 *
 * @param rowsPerRun - rows after which other work of the thread has its turn; Infinity where the graph cannot be divided
 */
export function threadLane(session: Session, rowsPerRun: number): Lane {
  const inputNames = session.inputs.map(({ name }) => name)
  const outputNames = session.outputs.map(({ name }) => name)
  async function runOnce(parts: RunInputs): Promise<RunResult> {
    const start = now()
    try {
      // A copy only where something is joined: nobody else has the memory of a single request.
      const inputs = parts.length === 1 ? parts[0]! : joined(parts, inputNames).tensors
      const rows = inputs[inputNames[0] ?? '']?.dims[0] ?? 1
      const outputs = rows > rowsPerRun ? await inTurns(inputs, rows) : await session.run(inputs)
      return { outputs, time: now() - start }
    } catch (error) {
      return { error: error as Error, time: now() - start }
    }
  }
  /** Each run is a turn of the loop of its own. */
  async function inTurns(inputs: Tensors, rows: number): Promise<Tensors> {
    const results: Tensors[] = []
    for (let start = 0; start < rows; start += rowsPerRun)
      results.push(await session.run(cutRows(inputs, start, Math.min(rows, start + rowsPerRun))))
    return joined(results, outputNames).tensors
  }
  return {
    up: true,
    broken: false,
    async run(_, runs) {
      if (runs.length === 1) return [await runOnce(runs[0]!)]
      const results: RunResult[] = []
      for (const parts of runs) results.push(await runOnce(parts))
      return results
    },
  }
}
