// Load from another process: connections that are kept, each with one request under way; requests are bytes that are made before.
import { connect, type Socket } from 'node:net'

/** A request as it goes over the wire. */
export function requestBytes(port: number, path: string, body: string | Uint8Array, headers = ''): Buffer {
  const bytes = Buffer.from(body as string)
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes])
}

export interface Load {
  /** Milliseconds for all of them. */
  readonly time: number
  /** Milliseconds of each, in no order. */
  readonly latencies: readonly number[]
}

/** Sends so many requests over so many connections. @throws when an answer is not 200 */
export async function load(
  port: number,
  requests: readonly Buffer[],
  { connections, count }: { readonly connections: number; readonly count: number },
): Promise<Load> {
  const latencies: number[] = []
  let next = 0
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)))
  const start = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      const ask = asker(socket)
      while (next < count) {
        const request = requests[next++ % requests.length]!
        const sent = performance.now()
        await ask(request)
        latencies.push(performance.now() - sent)
      }
    }),
  )
  const time = performance.now() - start
  for (const socket of sockets) socket.destroy()
  return { time, latencies }
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

/** Sends a request and resolves once its whole answer has come. */
function asker(socket: Socket): (request: Buffer) => Promise<void> {
  let done: (() => void) | undefined
  let failed: ((error: Error) => void) | undefined
  let head = ''
  let left = -1
  socket.on('close', () => failed?.(new Error('The connection was closed.')))
  socket.on('data', (data) => {
    let rest = data.length
    if (left < 0) {
      head += data.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
        failed?.(new Error(`An answer that is not 200 or has no length: ${head.slice(0, 400)}`))
        return
      }
      rest = head.length - end - 4
      left = Number(length)
      head = ''
    }
    left -= rest
    if (left > 0) return
    left = -1
    done?.()
  })
  return (request) =>
    new Promise((resolve, reject) => {
      done = resolve
      failed = reject
      socket.write(request)
    })
}

/** The value that a share of them does not pass. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
