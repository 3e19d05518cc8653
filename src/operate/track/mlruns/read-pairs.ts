// Parameters, tags and metrics as a FileStore has them: a file for each, by its name.
import { checkName } from '../limits.js'
import { filesBelow, linesOf, readValue, type Skip, understood } from './read-files.js'

/** Those of a folder, one by one; what cannot be one is noted. */
export async function* pairsIn(
  folder: string,
  kind: 'parameter' | 'tag',
  skip: Skip,
): AsyncGenerator<readonly [string, string]> {
  for (const file of await filesBelow(folder, skip)) {
    const key = understood(file.path, skip, () => checkName(kind, file.name))
    const value = key === undefined ? undefined : await readValue(file.path, skip)
    if (key !== undefined && value !== undefined) yield [key, value]
  }
}

/** All of them, where they are few. */
export async function recordIn(
  folder: string,
  kind: 'parameter' | 'tag',
  skip: Skip,
): Promise<Record<string, string>> {
  // A record that a name such as __proto__ cannot change.
  const record = Object.create(null) as Record<string, string>
  for await (const [key, value] of pairsIn(folder, kind, skip)) record[key] = value
  return record
}

/** What `read` makes of the lines of a folder of metrics, with the name of each; the first bad line of a file is noted. */
export async function* pointsIn<T extends object>(
  folder: string,
  { read, expected }: { readonly read: (line: string) => T | undefined; readonly expected: string },
  skip: Skip,
): AsyncGenerator<T & { readonly key: string; readonly path: string }> {
  for (const { name, path } of await filesBelow(folder, skip)) {
    const key = understood(path, skip, () => checkName('metric', name))
    if (key === undefined) continue
    let bad = 0
    let at = 0
    for await (const line of linesOf(path)) {
      at++
      const point = read(line)
      if (point !== undefined) yield { ...point, key, path }
      else if (line.trim() !== '' && bad++ === 0) skip(path, `Line ${at} is no ${expected}.`)
    }
  }
}
