// What MLflow allows as names, versions, aliases, tags and stages, with its refusals.
import { posix } from 'node:path'
import { isReservedAlias } from '../../../operate/registry/index.js'
import { type ModelStage, modelStages } from '../../../operate/store/index.js'
import { mlflowError } from './errors.js'

const invalid = (message: string): Error => mlflowError('INVALID_PARAMETER_VALUE', message)

const longest = { name: 256, alias: 255, tagKey: 250, tagValue: 100_000 } as const

function requireLength(what: string, limit: number, value: string): void {
  // Python counts code points.
  if ([...value].length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters`)
}

/** A path that would be another file than it says. */
const isAmbiguous = (name: string): boolean => {
  const plain = posix.normalize(name)
  return plain !== name || plain === '.' || plain.startsWith('..') || plain.startsWith('/')
}

export function checkName(name: string, field: 'name' | 'new_name' = 'name'): string {
  if (name.trim() === '') throw invalid(`Missing value for required parameter '${field}'.`)
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`)
  if (isAmbiguous(name))
    throw invalid(
      `Invalid value ${JSON.stringify(name)} for parameter 'name' supplied: as a path it would be another name.`,
    )
  requireLength('name', longest.name, name)
  return name
}

export function checkVersion(version: string): number {
  if (!/^[+-]?\d{1,15}$/.test(version))
    throw invalid(`Parameter 'version' must be an integer, got '${version}'.`)
  return Number(version)
}

export function checkAliasName(alias: string): string {
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    )
  }
  requireLength('Registered model alias name', longest.alias, alias)
  return alias
}

export function checkNewAlias(alias: string): string {
  checkAliasName(alias)
  if (/^latest$/i.test(alias)) throw invalid("'latest' alias name (case insensitive) is reserved.")
  if (isReservedAlias(alias)) throw invalid(`Version alias name '${alias}' is reserved.`)
  return alias
}

export function checkTagKey(key: string): string {
  if (!/^[/\p{L}\p{N}_.\- :]+$/u.test(key)) {
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    )
  }
  if (isAmbiguous(key))
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter 'key' supplied: as a path it would be another name.`,
    )
  return key
}

export function checkTagPairs(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(tags)) {
    checkTagKey(key)
    requireLength('key', longest.tagKey, key)
    requireLength('value', longest.tagValue, value)
  }
  return tags
}

/** A stage in any case. */
export function checkStage(stage: string): ModelStage {
  const found = modelStages.find((known) => known.toLowerCase() === stage.toLowerCase())
  if (found !== undefined) return found
  throw invalid(`Invalid Model Version stage: ${stage}. Value must be one of ${modelStages.join(', ')}.`)
}
