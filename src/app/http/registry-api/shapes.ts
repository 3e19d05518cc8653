// What requests to the registry may hold.
import { z } from 'zod'

const text = (longest: number) => z.string().max(longest)

// Longer than the rules of names allow, so that these rules say what is wrong.
export const name = text(1000)
const note = text(10_000)
/** MLflow's limit of a description in its database, many times over. */
const description = text(100_000)
const tags = z.record(text(1000), text(200_000))
const version = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

export const modelParams = z.object({ name })
export const versionParams = z.object({ name, version })
export const aliasParams = z.object({ name, alias: name })

export const listQuery = z.object({
  filter: text(1_000_000).optional(),
  orderBy: z.union([z.string(), z.array(z.string())]).optional(),
  limit: z.coerce.number().int().optional(),
  pageToken: z.string().optional(),
})
export const newModel = z.object({ name, description: description.optional(), tags: tags.optional() })
export const modelChange = z.object({
  name: name.optional(),
  description: description.optional(),
  tags: tags.optional(),
})
export const versionChange = z.object({
  description: description.optional(),
  tags: tags.optional(),
  deleteTags: z.array(text(1000)).max(1000).optional(),
})
export const newVersion = z.object({
  run: z.string(),
  path: z.string().optional(),
  aliases: z.array(name).max(100).optional(),
  tags: tags.optional(),
  description: description.optional(),
})
export const aliasMove = z.object({ version, note: note.optional() })
export const noteBody = z.object({ note })
export const approvalBody = z.object({ note: note.optional() })
export const rollbackBody = z.object({ alias: name.default('champion'), note: note.optional() })
export const pairQuery = z.object({ a: version, b: version })
export const eventQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: version.optional(),
})

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Rows or a file of a run; never a path, by which a caller could have any file of the server read. */
const judgingData = z.union([
  z.object({ rows: z.array(z.record(z.string(), cell)).min(1) }),
  z.object({ run: z.string(), path: z.string() }),
])

export const promotion = z.object({
  version,
  alias: name.optional(),
  /** Checked by the registry, which says what is wrong in its own words. */
  gate: z.record(z.string(), z.unknown()).optional(),
  data: judgingData.optional(),
  force: z.boolean().optional(),
  note: note.optional(),
})
