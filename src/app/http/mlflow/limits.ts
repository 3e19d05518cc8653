// What MLflow accepts as names and values (its validation.py). Values that are too long are cut, as its server does by default.
import { invalidParameter } from './errors.js'
import { pythonJson } from './json.js'

export const limits = {
  metricsOfBatch: 1000,
  paramsOfBatch: 100,
  tagsOfBatch: 100,
  entriesOfBatch: 1000,
  key: 250,
  param: 6000,
  tag: 8000,
  experimentName: 500,
  experimentTag: 20_000,
} as const

/** Letters and digits of any script, as Python's \w. */
const namePattern = /^[\p{L}\p{N}_/.\- :]*$/u
const plainPattern = /^\w[\w -]*$/

const namesMessage =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).'

/** Most names are plain; the whole check costs more than the rest of a request. */
export const isPlainName = (name: string): boolean => name.length <= limits.key && plainPattern.test(name)

/** @throws {@link UsageError} unless it may be the name of a metric, a parameter or a tag */
export function checkName(name: string, path: string): void {
  if (isPlainName(name)) return
  if (!namePattern.test(name)) throw invalidValue(path, name, namesMessage)
  const normal = normalPath(name)
  if (normal !== name || name === '.' || name.startsWith('..') || name.startsWith('/')) {
    throw invalidValue(
      path,
      name,
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`,
    )
  }
  checkLength(name, limits.key, path)
}

/** What Python's posixpath.normpath makes of it. */
function normalPath(name: string): string {
  const root = /^\/\/(?!\/)/.test(name) ? '//' : name.startsWith('/') ? '/' : ''
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (root === '' && (parts.length === 0 || parts.at(-1) === '..'))) parts.push(part)
    else parts.pop()
  }
  return root + parts.join('/') || '.'
}

/** @throws {@link UsageError} for more characters, as Python counts them */
export function checkLength(text: string, limit: number, path: string): void {
  if (text.length > limit && [...text].length > limit) {
    throw invalidParameter(`'${path}' exceeds the maximum length of ${limit} characters`)
  }
}

/** The first characters of a value that is too long, as MLflow keeps it. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : [...text].slice(0, limit).join('')

/** @throws {@link UsageError} unless it may be the id of a run */
export function checkRunId(runId: string): string {
  if (/^[a-zA-Z0-9][\p{L}\p{N}_-]{0,255}$/u.test(runId)) return runId
  throw invalidParameter(`Invalid value ${pythonJson(runId)} for parameter 'run_id' supplied.`)
}

/** @throws {@link UsageError} */
export function checkBatch(entity: string, length: number, limit: number): void {
  if (length <= limit) return
  throw invalidParameter(
    `A batch logging request can contain at most ${limit} ${entity}. Got ${length} ${entity}. Please split up ${entity} across multiple requests and try again.`,
  )
}

const invalidValue = (path: string, value: string, message: string): Error =>
  invalidParameter(`Invalid value ${pythonJson(value)} for parameter '${path}' supplied: ${message}`)
