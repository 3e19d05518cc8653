// Parameters and tags of a request, checked by MLflow's rules.
import type { Pairs } from '../../../operate/store/index.js'
import { invalidParameter } from './errors.js'
import type { Fields } from './fields.js'
import { checkBatch, checkLength, checkName, cut, limits } from './limits.js'

/** A record that a name such as __proto__ cannot change. */
const emptyRecord = (): Record<string, string> => Object.create(null) as Record<string, string>

/** Tags of a run; the last of the same name counts. */
export function runTags(input: Fields, name = 'tags'): Pairs {
  const tags = emptyRecord()
  input.list(name, (entry) => {
    const { key, value } = runTag(entry)
    tags[key] = value
  })
  return tags
}

export function runTag(entry: Fields): { readonly key: string; readonly value: string } {
  const key = entry.requiredText('key')
  checkName(key, inEntry(entry, 'key'))
  return { key, value: cut(entry.text('value') ?? '', limits.tag) }
}

export function experimentTags(input: Fields): Pairs {
  const tags = emptyRecord()
  input.list('tags', (entry) => {
    const { key, value } = experimentTag(entry)
    tags[key] = value
  })
  return tags
}

export function experimentTag(entry: Fields): { readonly key: string; readonly value: string } {
  const key = entry.requiredText('key')
  const value = entry.text('value') ?? ''
  checkName(key, 'key')
  checkLength(value, limits.experimentTag, 'value')
  return { key, value }
}

/** Parameters of a run or a model. @throws {@link UsageError} when one is named twice */
export function params(input: Fields): Pairs {
  const record = emptyRecord()
  const twice: string[] = []
  input.list('params', (entry) => {
    const { key, value } = param(entry)
    if (key in record) twice.push(key)
    record[key] = value
  })
  if (twice.length === 0) return record
  const names = twice.map((key) => `'${key}'`).join(', ')
  throw invalidParameter(
    `Duplicate parameter keys have been submitted: [${names}]. Please ensure the request contains only one param value per param key.`,
  )
}

export function param(entry: Fields): { readonly key: string; readonly value: string } {
  const key = entry.requiredText('key')
  checkName(key, inEntry(entry, 'key'))
  return { key, value: cut(entry.text('value') ?? '', limits.param) }
}

const inEntry = ({ path }: Fields, name: string): string => (path === '' ? name : `${path}.${name}`)

/** @throws {@link UsageError} for more than MLflow takes at once */
export function checkBatchLimits(counts: {
  readonly metrics: number
  readonly params: number
  readonly tags: number
}): void {
  checkBatch('metrics', counts.metrics, limits.metricsOfBatch)
  checkBatch('params', counts.params, limits.paramsOfBatch)
  checkBatch('tags', counts.tags, limits.tagsOfBatch)
  checkBatch('metrics, params, and tags', counts.metrics + counts.params + counts.tags, limits.entriesOfBatch)
}
