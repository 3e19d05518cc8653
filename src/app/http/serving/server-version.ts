// The version of this package, for protocols that ask a server for its own.
import { readFileSync } from 'node:fs'

let known: string | undefined

export const serverVersion = (): string => (known ??= read())

function read(): string {
  const file = new URL('../../../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
