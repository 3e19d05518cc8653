// How versions are named: `name/3`, `name@champion`, `name`, and MLflow's `models:/…` of these.
import { NotFoundError, UsageError } from '../../base/index.js'
import type { ModelVersion, Store } from '../store/index.js'

/** A name taken apart. Neither alias nor version: the champion, or the newest where there is none. */
export interface ModelReference {
  readonly name: string
  readonly version?: number | undefined
  readonly alias?: string | undefined
}

/**
 * Takes a reference apart.
 *
 * @throws {@link UsageError}
 * @example
 * ```ts
 * parseReference('churn@champion') // => { name: 'churn', alias: 'champion' }
 * parseReference('models:/churn/3') // => { name: 'churn', version: 3 }
 * ```
 */
export function parseReference(text: string): ModelReference {
  const plain = text.replace(/^models:\/+/, '')
  const [, name = '', sign, rest = ''] = /^([^/@]+)(?:([/@])(.+))?$/s.exec(plain) ?? []
  if (name === '') throw notUnderstood(text)
  if (sign === undefined) return { name }
  if (sign === '@') {
    if (/[/@:]/.test(rest)) throw notUnderstood(text)
    return { name, alias: rest }
  }
  // 15 digits are more than any count of versions, and fit a double.
  if (/^[1-9]\d{0,14}$/.test(rest)) return { name, version: Number(rest) }
  if (/^latest$/i.test(rest)) return { name, alias: 'latest' }
  throw notUnderstood(text)
}

const notUnderstood = (text: string): UsageError =>
  new UsageError(
    `Cannot read '${text}' as a model: expected <name>, <name>/<version> or <name>@<alias>, such as churn/3 or churn@champion.`,
    { argument: 'model' },
  )

/**
 * The version that a reference means.
 *
 * @throws {@link NotFoundError}; {@link UsageError} for what is no reference
 */
export async function resolveVersion(
  store: Store,
  reference: string | ModelReference,
): Promise<ModelVersion> {
  const { name, version, alias } = typeof reference === 'string' ? parseReference(reference) : reference
  if (version !== undefined) return store.models.getVersion(name, version)
  if (alias !== undefined && alias.toLowerCase() !== 'latest')
    return store.models.getVersionByAlias(name, alias)
  const model = await store.models.get(name)
  const champion = alias === undefined ? model.aliases['champion'] : undefined
  if (champion !== undefined) return store.models.getVersion(name, champion)
  const newest = model.latestVersions.at(-1)
  if (newest !== undefined) return newest
  throw new NotFoundError(`The model '${name}' has no version yet. Register one first.`, {
    kind: 'model version',
    id: name,
  })
}
