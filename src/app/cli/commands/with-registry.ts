// The registry that a command means, open while it works.
import { userInfo } from 'node:os'
import { UsageError } from '../../../base/index.js'
import { openArtifacts } from '../../../operate/artifacts/index.js'
import { openRegistry, type Registry } from '../../../operate/registry/index.js'
import { openStore, type Store } from '../../../operate/store/index.js'
import type { CommandContext } from '../program.js'

export interface OpenedRegistry {
  readonly registry: Registry
  readonly store: Store
}

export async function withRegistry<T>(
  { options }: CommandContext,
  work: (opened: OpenedRegistry) => Promise<T>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<T> {
  await using store = await openStore(options['store'] as string | undefined, { create })
  await using artifacts = await openArtifacts({ url: options['artifacts'] as string | undefined, store })
  return await work({ store, registry: await openRegistry({ store, artifacts }) })
}

/** Who does it, for the record. */
export function currentUser(): string {
  const { MODELWRIGHT_USER, USER, LOGNAME } = process.env
  if (MODELWRIGHT_USER !== undefined) return MODELWRIGHT_USER
  try {
    return USER ?? LOGNAME ?? userInfo().username
  } catch {
    // A user of a container may have a number and no name.
    return ''
  }
}

export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)

/** To the minute, in universal time: who works on it may be anywhere. */
export const timeText = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')}Z`

/** Tags given as `key=value`. @throws {@link UsageError} */
export function tagPairs(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
      throw new UsageError(`A tag is written key=value; received '${pair}'.`, { argument: 'tag' })
    }),
  )
}
