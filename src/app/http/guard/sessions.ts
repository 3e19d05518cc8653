// Logins of the page: a random cookie stands for a key, so that no script ever holds one. In memory: a restart asks for the key again.
import { randomBytes } from 'node:crypto'
import { keyHash } from '../../../operate/store/index.js'

/** A working day. */
const lastsSeconds = 12 * 3600
/** Logins at a time; the oldest goes first. */
const mostSessions = 10_000

export interface Sessions {
  /** Begins a session for the key with this hash; the token, and for how many seconds it lasts. */
  begin(hash: string): { readonly token: string; readonly seconds: number }
  /** The hash of the key behind a token; undefined when the session is over. */
  keyOf(token: string): string | undefined
  end(token: string): void
}

/** @param time - milliseconds, from whenever */
export function sessions(time: () => number): Sessions {
  // Tokens are kept as hashes, so that looking one up compares nothing that an attacker chooses.
  const open = new Map<string, { readonly hash: string; readonly until: number }>()
  return {
    begin(hash) {
      const token = randomBytes(32).toString('base64url')
      open.set(keyHash(token), { hash, until: time() + lastsSeconds * 1000 })
      if (open.size > mostSessions) open.delete(open.keys().next().value!)
      return { token, seconds: lastsSeconds }
    },
    keyOf(token) {
      const id = keyHash(token)
      const session = open.get(id)
      if (session === undefined) return undefined
      if (time() < session.until) return session.hash
      open.delete(id)
      return undefined
    },
    end: (token) => void open.delete(keyHash(token)),
  }
}
