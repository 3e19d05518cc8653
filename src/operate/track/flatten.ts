// Nested options as parameters: one name for each value, parts of the way joined by points.
import { textOf } from './limits.js'

/** Parameters of one object at most: a run with more of them is one that nobody can read. */
const mostParameters = 500

/**
 * The values of an object by their paths, as texts; what is null or undefined is left out. Lists of plain values are one value.
 *
 * @param prefix - stands before all names, with a point
 */
export function flatten(value: unknown, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (part: unknown, path: string, depth: number): void => {
    if (part === null || part === undefined || typeof part === 'function') return
    if (Object.keys(found).length >= mostParameters) return
    if (depth < deepest && isRecord(part)) {
      for (const [key, inner] of Object.entries(part))
        visit(inner, path === '' ? key : `${path}.${key}`, depth + 1)
      return
    }
    if (depth < deepest && Array.isArray(part) && part.some((item) => typeof item === 'object')) {
      part.forEach((item, i) => visit(item, `${path}.${i}`, depth + 1))
      return
    }
    found[parameterName(path)] = textOf(part)
  }
  visit(value, prefix, 0)
  return found
}

/** Deeper parts are written as JSON: a circle would have no end. */
const deepest = 8

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value) &&
  !(value instanceof Date)

/** Signs that no name may have become underscores; empty parts of a path too. */
const parameterName = (path: string): string =>
  path
    .replaceAll(/[^\p{L}\p{N}_/.:\- ]/gu, '_')
    .split('/')
    .map((part) => (part === '' || part === '.' || part === '..' ? '_' : part))
    .join('/')
    .slice(0, 250)
