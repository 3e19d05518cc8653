// What models, aliases and tags may be called: MLflow's rules, so that its clients can use all that we register.
import { UsageError } from '../../base/index.js'

/** MLflow's column holds so many characters. */
const longestName = 256
/** MLflow's limit of an alias, and of keys and values of tags in its registry. */
const longestAlias = 255
const longestKey = 250
const longestValue = 100_000

const refuse = (argument: string, message: string): UsageError => new UsageError(message, { argument })

/**
 * A model's name: no slash, colon or at sign, by which references are taken apart, and nothing that a folder would resolve.
 *
 * @throws {@link UsageError}
 */
export function checkModelName(name: string): string {
  if (name.trim() === '') throw refuse('name', 'The name of a model is empty, expected some characters.')
  if (name.length > longestName) {
    throw refuse(
      'name',
      `The name of a model has ${name.length} characters, expected at most ${longestName}. Choose a shorter one.`,
    )
  }
  // Control characters would hide a name in lists and logs.
  if (/[/:@\p{Cc}]/u.test(name) || name === '.' || name === '..') {
    throw refuse(
      'name',
      `A model cannot be called '${name}': '/', ':', '@' and control characters are not allowed, and it is no path. Choose another name.`,
    )
  }
  return name
}

/**
 * An alias: letters, digits, `_` and `-`; not `latest` nor `v<number>`, which would read as versions.
 *
 * @throws {@link UsageError}
 */
export function checkAlias(alias: string): string {
  if (alias === '' || alias.length > longestAlias || !/^[\p{L}\p{N}_-]+$/u.test(alias)) {
    throw refuse(
      'alias',
      `'${alias.slice(0, 60)}' cannot be an alias: expected up to ${longestAlias} letters, digits, '_' and '-', such as champion.`,
    )
  }
  if (isReservedAlias(alias)) {
    throw refuse(
      'alias',
      `'${alias}' cannot be an alias: 'latest' and 'v<number>' read as versions. Choose a name for a role, such as champion.`,
    )
  }
  return alias
}

/** Names that stand for versions themselves. */
export const isReservedAlias = (alias: string): boolean => /^(?:latest|v\d+)$/i.test(alias)

/** @throws {@link UsageError} */
export function checkTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(tags)) {
    if (!/^[/\p{L}\p{N}_.\- :]+$/u.test(key) || key.length > longestKey) {
      throw refuse(
        'tags',
        `'${key.slice(0, 60)}' cannot be the name of a tag: expected up to ${longestKey} letters, digits, '_', '-', '.', ':', '/' and spaces.`,
      )
    }
    if (value.length > longestValue) {
      throw refuse(
        'tags',
        `The tag '${key}' has ${value.length} characters, expected at most ${longestValue}.`,
      )
    }
  }
  return tags
}
