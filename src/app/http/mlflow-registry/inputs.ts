// Fields of requests to the registry, by MLflow's rules for names, versions, aliases, tags and stages.
import { posix } from 'node:path'
import { isReservedAlias } from '../../../operate/registry/index.js'
import { type ModelStage, modelStages, type Pairs } from '../../../operate/store/index.js'
import { checkLength, checkName, type Fields, invalidParameter } from '../mlflow/index.js'

const longest = { name: 256, alias: 255, tagValue: 100_000 } as const

/** The name of a model that is asked for or made. */
export function modelName(input: Fields, field: 'name' | 'new_name' = 'name'): string {
  const name = input.requiredText(field)
  if (name.trim() === '') throw invalidParameter(`Missing value for required parameter '${field}'.`)
  if (/[/:]/.test(name))
    throw invalidParameter(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`)
  if (posix.normalize(name) !== name || /^\.\.?$/.test(name)) {
    throw invalidParameter(
      `Invalid value ${JSON.stringify(name)} for parameter 'name' supplied: as a path it would be another name.`,
    )
  }
  checkLength(name, longest.name, field)
  return name
}

export function versionNumber(input: Fields): number {
  const version = input.requiredText('version')
  if (/^[+-]?\d{1,15}$/.test(version)) return Number(version)
  throw invalidParameter(`Parameter 'version' must be an integer, got '${version}'.`)
}

/** Name and number, as the store takes them. */
export const place = (input: Fields): [string, number] => [modelName(input), versionNumber(input)]

export function aliasName(input: Fields): string {
  const alias = input.requiredText('alias')
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    )
  }
  checkLength(alias, longest.alias, 'Registered model alias name')
  return alias
}

/** One that is to be set: names that read as versions are reserved. */
export function newAlias(input: Fields): string {
  const alias = aliasName(input)
  if (/^latest$/i.test(alias)) throw invalidParameter("'latest' alias name (case insensitive) is reserved.")
  if (isReservedAlias(alias)) throw invalidParameter(`Version alias name '${alias}' is reserved.`)
  return alias
}

export function tagKey(input: Fields): string {
  const key = input.requiredText('key')
  checkName(key, 'key')
  return key
}

export function tagPair(input: Fields): readonly [string, string] {
  const value = input.text('value') ?? ''
  checkLength(value, longest.tagValue, 'value')
  return [tagKey(input), value]
}

/** The last of the same name counts. */
export const tagPairs = (input: Fields): Pairs => Object.fromEntries(input.list('tags', tagPair))

/** A stage in any case. */
export function canonicalStage(stage: string): ModelStage {
  const found = modelStages.find((known) => known.toLowerCase() === stage.toLowerCase())
  if (found !== undefined) return found
  throw invalidParameter(
    `Invalid Model Version stage: ${stage}. Value must be one of ${modelStages.join(', ')}.`,
  )
}

/** What searches share. */
export const searchOf = (input: Fields) => ({
  filter: input.text('filter'),
  maxResults: input.integer('max_results'),
  orderBy: input.texts('order_by'),
  pageToken: input.text('page_token'),
})
