// Where a request carries its key. Clients of MLflow send it as the password of basic authentication, or as a bearer token.
import type { IncomingHttpHeaders } from 'node:http'

/** The name of the page's cookie. */
export const cookieName = 'modelwright_session'

/** What a request presents. */
export type Credential =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'session'; readonly token: string }

/** Ours have 46 characters; what is much longer need not be hashed to be refused. */
const longestKey = 256

/** The first of: `Authorization: Bearer`, `Authorization: Basic`, `X-Api-Key`, the page's cookie. */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  const key = keyOf(headers)
  if (key !== undefined) return { kind: 'key', key: key.length > longestKey ? '' : key }
  const token = cookieOf(headers.cookie)
  return token === undefined ? undefined : { kind: 'session', token }
}

function keyOf({ authorization, 'x-api-key': plain }: IncomingHttpHeaders): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() === 'basic') return passwordOf(value)
  // A scheme that we do not know is a key that we do not know, not the absence of one.
  if (authorization !== undefined) return ''
  return Array.isArray(plain) ? plain[0] : plain
}

/** Anything may stand for the user's name; a key alone, as `curl -u key:` sends it, is taken too. */
function passwordOf(base64: string): string {
  const [, user = '', password = ''] =
    /^([^:]*):?([^]*)$/.exec(Buffer.from(base64, 'base64').toString('utf8')) ?? []
  return password === '' ? user : password
}

function cookieOf(cookies: string | undefined): string | undefined {
  const found = cookies?.split(/; */).find((cookie) => cookie.startsWith(`${cookieName}=`))
  return found?.slice(cookieName.length + 1)
}
