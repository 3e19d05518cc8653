// Where a blob lies in its home: below its first two digits, so that a million blobs are four thousand to a folder.
import { UsageError } from '../../base/index.js'

const pattern = /^[0-9a-f]{64}$/

/** The key of a blob. @throws {@link UsageError} for what is no hash, such as a path */
export const keyOf = (hash: string): string => `blobs/${checkHash(hash).slice(0, 2)}/${hash}`

/** The hash of a blob by its key; undefined for a foreign file that lies there. */
export function hashOfKey(key: string): string | undefined {
  const hash = key.slice(key.lastIndexOf('/') + 1)
  return pattern.test(hash) ? hash : undefined
}

/** The same hash. @throws {@link UsageError} for what is none */
export function checkHash(hash: string): string {
  if (pattern.test(hash)) return hash
  throw new UsageError(
    `'${hash.slice(0, 80)}' is no hash of contents, expected 64 hexadecimal digits in lower case.`,
    { argument: 'hash' },
  )
}
