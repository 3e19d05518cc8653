// The name of a request, by which logs, traces and answers are brought together.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What proxies and clients send: UUIDs, hexadecimal numbers, names with dots. Nothing that could break a line of a log. */
const sane = /^[\w.:@/+=-]{1,128}$/

/** The client's own where it is one that can be written anywhere, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && sane.test(given) ? given : randomUUID()
}
