// What is written must not take the place of what is read.
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { destinationOf, UsageError } from '../../base/index.js'
import { filesOf } from './locate.js'

/** What a command reads: files, globs, and a query, whose quoted names may be files. */
export interface ReadSources {
  readonly sources: readonly (string | null | undefined)[]
  readonly sql?: string | null | undefined
}

/**
 * Refuses a place for results that is one of the files read, by whichever name, or a folder that holds one.
 *
 * @param option - the flag that names the place
 * @throws {@link UsageError}
 */
export async function refuseReplacing(
  out: string,
  option: string,
  { sources, sql }: ReadSources,
): Promise<void> {
  const quoted = [...(sql ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1]!)
  const place = destinationOf(out)
  for (const source of [...sources, ...quoted]) {
    for (const file of await filesOf(source ?? '-')) {
      const real = realpathSync(file)
      if (real !== place && !real.startsWith(place + sep)) continue
      throw new UsageError(
        `${option} '${out}' would replace '${file}', which is read. Give another name with ${option}.`,
        { argument: option },
      )
    }
  }
}
