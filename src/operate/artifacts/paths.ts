// Which names artifacts may have. No path is ever joined to a folder of the server, but those who download do join them to theirs; so
// whatever leads out of a folder on any system is refused when it comes in.
import { UsageError } from '../../base/index.js'

/** Bytes of a path and of one name in it: the index of Postgres takes keys of 2,700 bytes, file systems names of 255. */
const longestPath = 1024
const longestName = 255
/** Times that a path is decoded while anybody could be fooled: clients and proxies decode once each. */
const mostDecodings = 5

/** The path of a file below a root, with slashes. @throws {@link UsageError} for one that leads elsewhere or is no name */
export function checkPath(path: string): string {
  const fault = faultOf(path) ?? encodedFault(path)
  if (fault === undefined) return path
  throw new UsageError(
    `The path of an artifact ${fault}, received '${shown(path)}'. Give a relative path with slashes, such as 'plots/loss.svg'.`,
    { argument: 'path' },
  )
}

/** A folder below a root; empty, or ending in a slash, means the same as without. @throws {@link UsageError} as {@link checkPath} */
export const checkFolder = (folder: string): string =>
  folder === '' || folder === '/' ? '' : checkPath(folder.replace(/\/$/, ''))

/** Whose artifacts they are, such as `runs/<run id>`. @throws {@link UsageError} for a reserved name, and as {@link checkPath} */
export function checkRoot(root: string): string {
  if (!root.startsWith('.')) return checkPath(root)
  throw new UsageError(
    `The root of artifacts begins with a dot, received '${shown(root)}'. Such names are the store's own.`,
    { argument: 'root' },
  )
}

/** What is wrong with it as it stands. */
function faultOf(path: string): string | undefined {
  const names = path.split('/')
  const rules: readonly (readonly [boolean, string])[] = [
    [path === '', 'is empty'],
    [/\p{Surrogate}/u.test(path), 'is no well-formed text'],
    [/\p{Cc}/u.test(path), 'holds a control character'],
    [path.includes('\\'), 'holds a backslash'],
    [path.startsWith('/'), 'is absolute'],
    [/^[a-z]:/i.test(path), 'begins with the letter of a drive'],
    [names.some((name) => name === '..' || name === '.'), "holds '.' or '..'"],
    [names.includes(''), 'holds an empty name'],
    [Buffer.byteLength(path) > longestPath, `has more than ${longestPath} bytes`],
    [
      names.some((name) => Buffer.byteLength(name) > longestName),
      `has a name of more than ${longestName} bytes`,
    ],
  ]
  return rules.find(([broken]) => broken)?.[1]
}

/** What would be wrong with it, were it decoded once more: who writes '%2e%2e' means no file of this name. */
function encodedFault(path: string): string | undefined {
  let decoded = path
  for (let i = 0; i < mostDecodings; i++) {
    const next = decoded.replace(/(%[0-9a-f]{2})+/gi, decodeQuietly)
    if (next === decoded) return undefined
    decoded = next
    const fault = faultOf(decoded)
    if (fault !== undefined) return `${fault} once it is decoded`
  }
  return 'is encoded many times over'
}

function decodeQuietly(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Without what would disturb a terminal, and not all of a long one. */
const shown = (path: string): string => path.slice(0, 120).replace(/\p{Cc}|\p{Surrogate}/gu, '\ufffd')
