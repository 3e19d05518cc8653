// The answer to bytes that are no request, which Node's parser gives up on.
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { errorBody } from '../statuses.js'

const answers: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers are larger than this server takes.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The headers did not come in time.'],
}
const otherwise = ['400 Bad Request', 'This is no request of HTTP that can be read.'] as const

/** Says why, and ends the connection. One that is being answered gets no second answer: somebody behind a proxy would take it for theirs. */
export function answerNonsense(
  this: FastifyInstance,
  { code = '' }: { readonly code?: string },
  socket: Socket,
): void {
  if (code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable || this.openRequests.isAnswering(socket)) {
    socket.destroySoon()
    return
  }
  const [status, message] = answers[code] ?? otherwise
  const body = JSON.stringify(errorBody({ code: 'usage', message, details: {} }))
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
  socket.write(head + body)
  // Not `end`: a client that never closes its side would keep the connection.
  socket.destroySoon()
}
