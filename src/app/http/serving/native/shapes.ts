// The shapes of the own API, declared once: they check what comes, and the OpenAPI document is made of them.
import { z } from 'zod'

const tensorSpec = z.object({ name: z.string(), type: z.string(), shape: z.array(z.number()) })

export const versionShape = z
  .object({
    model: z.string(),
    version: z.string(),
    state: z.enum(['unloaded', 'loading', 'ready', 'draining', 'failed']),
    reason: z.string().optional(),
    kind: z.enum(['bundle', 'onnx']),
    task: z.string().optional(),
    target: z.string().optional(),
    columns: z
      .array(
        z.object({
          name: z.string(),
          type: z.enum(['number', 'boolean', 'timestamp', 'string']),
          labels: z.array(z.string()).optional(),
          format: z.string().optional(),
          verbatim: z.boolean().optional(),
        }),
      )
      .optional(),
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])),
    inputs: z.array(tensorSpec),
    outputs: z.array(tensorSpec),
    aliases: z.array(z.string()),
    bytes: z.number(),
    batching: z.object({ maxBatch: z.number(), maxDelay: z.number() }),
    placement: z.enum(['thread', 'worker']).optional(),
  })
  .meta({ description: 'One version of a model: its state, what it takes and what it gives.' })

export const trafficShape = z.object({
  weights: z
    .record(z.string(), z.number().min(0))
    .meta({ description: 'Shares of traffic by version; {} sends all to the default version.' }),
})

export const modelParams = z.object({ model: z.string() })
export const versionParams = z.object({ model: z.string(), version: z.string() })
export const aliasParams = z.object({ model: z.string(), alias: z.string() })

export const modelShape = z.object({
  model: z.string(),
  versions: z.array(versionShape),
  traffic: trafficShape.shape.weights,
})
export const modelsShape = z.object({ models: z.array(modelShape) })

export const predictQueryShape = z.object({
  explain: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Contributions of columns with each prediction.' }),
  timeout: z.number().positive().optional().meta({ description: 'Milliseconds that the request may wait.' }),
})

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
const row = z.record(z.string(), cell)

export const predictBodyShape = z.union([
  z.object({ rows: z.array(row) }),
  z.object({ columns: z.record(z.string(), z.array(cell)) }),
  z.object({
    inputs: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Tensors of a plain graph, as nested lists.' }),
  }),
  row,
])

const label = z.union([z.string(), z.number(), z.boolean(), z.null()])
const shares = z.record(z.string(), z.number())
const interval = z.object({ low: z.number(), high: z.number() })
const contributions = z.array(z.object({ column: z.string(), value: z.number() }))
const head = { model: z.string(), version: z.string(), requestId: z.string() }

export const predictAnswerShape = z.union([
  z
    .object({
      ...head,
      prediction: label,
      probabilities: shares.optional(),
      interval: interval.optional(),
      warnings: z.array(z.string()),
      contributions: contributions.optional(),
    })
    .meta({ description: 'The answer to a single row.' }),
  z
    .object({
      ...head,
      predictions: z.array(label),
      probabilities: z.array(shares).optional(),
      intervals: z.array(interval).optional(),
      warnings: z.array(z.array(z.string())),
      contributions: z.array(contributions).optional(),
    })
    .meta({ description: 'The answer to rows or columns.' }),
  z
    .object({ ...head, outputs: z.record(z.string(), z.unknown()) })
    .meta({ description: 'The answer to tensors.' }),
])
