// A loaded version and those who use it: it goes when the last of them has left.
import type { BundleFace } from './bundle-face.js'
import type { LoadedVersion } from './loaded-version.js'

export interface Residence {
  readonly loaded: LoadedVersion
  /** Undefined for a plain graph. */
  readonly face: BundleFace | undefined
  /** Requests under way. */
  readonly users: number
  enter(): void
  leave(): void
  /** Resolves when the last user has left. */
  empty(): Promise<void>
}

export function residence(loaded: LoadedVersion, face: BundleFace | undefined): Residence {
  let users = 0
  let waiting: (() => void)[] = []
  return {
    loaded,
    face,
    get users() {
      return users
    },
    enter: () => void users++,
    leave() {
      users--
      if (users > 0) return
      for (const resolve of waiting) resolve()
      waiting = []
    },
    empty: () => (users === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
