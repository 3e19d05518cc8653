// The same points for all contenders: batches of a thousand, ten metrics at a hundred steps each.

/** The number of a batch. */
export type Batch = number

export const rowsPerBatch = 1000
const keys = 10

export interface Point {
  readonly key: string
  readonly value: number
  readonly step: number
  readonly timestamp: number
}

export const batchPoints = (batch: Batch): Point[] =>
  Array.from({ length: rowsPerBatch }, (_, i) => ({
    key: `metric_${i % keys}`,
    value: Math.sin(batch * rowsPerBatch + i),
    step: (batch * rowsPerBatch) / keys + Math.floor(i / keys),
    timestamp: 1_700_000_000_000 + batch * rowsPerBatch + i,
  }))

/** A batch as MLflow's client sends it. */
export const batchBody = (runId: string, batch: Batch): Buffer =>
  Buffer.from(JSON.stringify({ run_id: runId, metrics: batchPoints(batch), params: [], tags: [] }))
