// Server-sent events for the page: one connection for each page that is open.
import { PassThrough } from 'node:stream'
import { z } from 'zod'
import { OverloadError } from '../../../base/index.js'
import type { Store } from '../../../operate/store/index.js'
import type { Server } from '../face.js'
import { liveFeed } from './live-feed.js'
import { addRoutes, type Route, route } from './route.js'
import { requireFew } from './run-routes.js'

/** Runs that one page watches: more curves than this nobody tells apart. */
const mostRuns = 200
/** Milliseconds between signs of life: proxies close what is silent for thirty or sixty seconds. */
const silence = 15_000
/** Streams at a time: pages of as many people. Each costs a place among the connections, and a look at the store at each beat. */
const mostStreams = 1000
/** Characters that wait for a client that does not read: thousands of points, after which it has to ask anew. */
const mostWaiting = 2 ** 20

/** Adds `/api/v1/live`; streams end when the server begins to close. */
export function addLiveRoutes(server: Server, store: Store, closing?: AbortSignal): void {
  const feed = liveFeed(store)
  const open = new Set<PassThrough>()
  closing?.addEventListener('abort', () => {
    feed.stop()
    for (const stream of open) stream.end()
  })
  addRoutes(server, [
    route({
      method: 'GET',
      path: '/api/v1/live',
      longLived: true,
      summary: 'Server-sent events: that the store has changed, and new points of the runs that are named.',
      query: z.object({
        runs: z
          .string()
          .max(mostRuns * 40)
          .optional(),
      }),
      async handle({ query }, _request, reply) {
        const runIds = query.runs?.split(',').filter(Boolean) ?? []
        requireFew(runIds.length, mostRuns, 'runs')
        if (open.size >= mostStreams) throw tooMany()
        const stream = new PassThrough()
        open.add(stream)
        const alive = setInterval(() => writeText(stream, ':\n\n'), silence)
        alive.unref()
        stream.once('close', () => {
          clearInterval(alive)
          open.delete(stream)
        })
        // From now on, for a client may go before its stream has begun.
        reply.raw.once('close', () => stream.destroy())
        try {
          const stop = await feed.listen(runIds, (event, data) => write(stream, event, data))
          if (stream.destroyed) stop()
          else stream.once('close', stop)
        } catch (error) {
          stream.destroy()
          throw error
        }
        // The page now reads what there is: what comes after this line it hears of.
        write(stream, 'ready', {})
        return reply
          .header('Content-Type', 'text/event-stream; charset=utf-8')
          .header('Cache-Control', 'no-cache, no-transform')
          .header('X-Accel-Buffering', 'no')
          .send(stream)
      },
    }),
  ] as readonly Route[])
}

const write = (stream: PassThrough, event: string, data: unknown): void =>
  writeText(stream, `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)

function writeText(stream: PassThrough, text: string): void {
  if (stream.writableLength > mostWaiting) stream.destroy()
  else if (stream.writable) stream.write(text)
}

const tooMany = (): OverloadError =>
  new OverloadError(`${mostStreams} pages listen already. Close some, or ask again later.`, {
    retryAfter: 30,
    reason: 'streams',
  })
