// Server-sent events for the page: one connection for each page that is open.
import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Store } from '../../../operate/store/index.js'
import type { Server } from '../face.js'
import { liveFeed } from './live-feed.js'
import { addRoutes, type Route, route } from './route.js'
import { requireFew } from './run-routes.js'

/** Runs that one page watches: more curves than this nobody tells apart. */
const mostRuns = 200
/** Milliseconds between signs of life: proxies close what is silent for thirty or sixty seconds. */
const silence = 15_000

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
        const stream = new PassThrough()
        open.add(stream)
        const stop = await feed.listen(runIds, (event, data) => write(stream, event, data))
        // The page now reads what there is: what comes after this line it hears of.
        write(stream, 'ready', {})
        const alive = setInterval(() => stream.write(':\n\n'), silence)
        alive.unref()
        stream.once('close', () => {
          stop()
          clearInterval(alive)
          open.delete(stream)
        })
        return answer(reply, stream)
      },
    }),
  ] as readonly Route[])
}

const write = (stream: PassThrough, event: string, data: unknown): void => {
  if (!stream.writableEnded) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

function answer(reply: FastifyReply, stream: PassThrough): FastifyReply {
  reply.raw.once('close', () => stream.destroy())
  return reply
    .header('Content-Type', 'text/event-stream; charset=utf-8')
    .header('Cache-Control', 'no-cache, no-transform')
    .header('X-Accel-Buffering', 'no')
    .send(stream)
}
