// The log of the server: a line of JSON for each event, on standard error, or short lines where a person looks. Secrets never stand in it.
import { type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify'
import type { Server } from '../face.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LogOptions {
  readonly level: LogLevel
  /** Where lines go. */
  readonly write: (line: string) => void
  /** Short lines for people instead of JSON. @default false */
  readonly isPretty?: boolean | undefined
  /** Of requests that went well, this share is logged; others are logged all. */
  readonly rate: number
}

/** Whatever is logged, these fields of it are not. */
const secrets = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'password',
  'secret',
  'token',
  'key',
  'apiKey',
]

/** Fastify's options for such a log. */
export function loggerOptions({ level, write, isPretty = false }: LogOptions): FastifyServerOptions {
  if (level === 'silent') return { logger: false }
  return {
    // Ours says more in fewer lines: logAnswers.
    logController: new LogController({ disableRequestLogging: true }),
    logger: {
      level,
      stream: { write: isPretty ? (line: string) => write(prettyLine(line)) : write },
      redact: { paths: secrets.flatMap(pathsOf), censor: '[redacted]' },
      // Names of machines and processes are what collectors add themselves.
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { req: requestOf, err: errorOf },
    },
  }
}

/** At the top, and one and two levels below. */
const pathsOf = (name: string): string[] => {
  const step = /^\w+$/.test(name) ? name : `["${name}"]`
  const below = step.startsWith('[') ? step : `.${step}`
  return [step, `*${below}`, `*.*${below}`]
}

const requestOf = (request: FastifyRequest) => ({ method: request.method, url: shownUrl(request.url) })

const errorOf = (error: Error) => ({
  type: error.name,
  message: error.message,
  stack: error.stack ?? '',
  ...('code' in error && { code: error.code }),
  ...(error.cause instanceof Error && { cause: error.cause.message }),
})

/** A URL without what may be a key in its query, and without keys of ours wherever somebody put them. */
export const shownUrl = (url: string): string =>
  url
    .replace(/([?&][^=&]*(?:key|token|secret|passw|signature|auth|session)[^=&]*=)[^&#]*/gi, '$1[redacted]')
    .replace(/mw_[\w-]{20,}/g, 'mw_[redacted]')

/** Every so many of those that went well, and all others, when they have been answered. */
export function logAnswers(server: Server, rate: number): void {
  const every = rate <= 0 ? Infinity : Math.max(1, Math.round(1 / rate))
  let since = 0
  server.addHook('onResponse', (request, reply, done) => {
    const status = reply.statusCode
    const failed = status >= 500
    since++
    if (failed || since >= every) {
      if (!failed) since = 0
      request.log[failed ? 'error' : 'info'](
        {
          req: requestOf(request),
          status,
          milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
          address: request.ip,
          ...(request.caller !== undefined && { caller: request.caller.name }),
        },
        'answered',
      )
    }
    done()
  })
}

/** Lines for people, of lines of JSON. */
export function prettyLine(line: string): string {
  const { time, level, msg, reqId, req, status, milliseconds, err, ...rest } = JSON.parse(line) as Logged
  const parts = [
    (time ?? '').slice(11, 19),
    (level ?? '').padEnd(5),
    msg ?? '',
    req && `${req.method} ${req.url}`,
    status,
    milliseconds !== undefined && `${milliseconds} ms`,
    Object.keys(rest).length > 0 && JSON.stringify(rest),
    reqId,
    err?.stack ?? err?.message,
  ]
  return `${parts.filter((part) => part !== undefined && part !== false && part !== '').join('  ')}\n`
}

interface Logged {
  readonly time?: string
  readonly level?: string
  readonly msg?: string
  readonly reqId?: string
  readonly req?: { readonly method: string; readonly url: string }
  readonly status?: number
  readonly milliseconds?: number
  readonly err?: { readonly message: string; readonly stack?: string }
}
