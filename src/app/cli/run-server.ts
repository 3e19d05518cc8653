// What `serve` and `ui` have in common: from flags to a server, its life until a signal, and what becomes of faults.
import { type ComposedServer, type ComposeOptions, startModelwright } from '../http/index.js'
import { exitCodes } from './exit-codes.js'
import type { FlagValues } from './flags.js'
import { exitInterrupted, onInterrupt } from './interrupt.js'
import type { uiFlags } from './server-flags.js'
import { UsageError } from '../../base/index.js'

export type ServerFlags = FlagValues<typeof uiFlags>

/** The part of a server's options that the flags say, whatever is served. */
export function serverOptions(flags: ServerFlags, version: string): ComposeOptions {
  if ((flags.tlsCert === undefined) !== (flags.tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key: give both, or none for plain HTTP.', {
      argument: '--tls-cert',
    })
  }
  return {
    version,
    host: flags.host,
    port: flags.port,
    insecure: flags.insecureNoAuth,
    store: flags.store,
    artifacts: flags.artifacts,
    cache: flags.cache,
    key: environmentKey(),
    tlsFiles: flags.tlsCert === undefined ? undefined : { cert: flags.tlsCert, key: flags.tlsKey! },
    hosts: flags.allowedHosts,
    origins: flags.cors,
    trustProxy: flags.trustProxy,
    jsonLimit: flags.maxJson,
    bodyLimit: flags.maxBody,
    maxRows: flags.maxRows,
    maxInFlight: flags.maxInFlight,
    timeout: flags.timeout,
    rate: flags.rate,
    otlp: flags.otlp,
    log: {
      level: flags.logLevel,
      rate: flags.accessLog,
      isPretty: process.stderr.isTTY === true,
      write: toStandardError,
    },
    requestLog:
      flags.logRequests > 0
        ? { rate: flags.logRequests, redact: flags.redact, secret: process.env['MODELWRIGHT_REDACT_SECRET'] }
        : undefined,
  }
}

/** Options of the models. */
export const modelOptions = (flags: ServerFlags): Omit<NonNullable<ComposeOptions['models']>, 'sources'> => ({
  batching: {
    ...(flags.maxBatch !== undefined && { maxBatch: flags.maxBatch }),
    ...(flags.maxDelay !== undefined && { maxDelay: flags.maxDelay }),
  },
  workers: flags.workers,
  threads: flags.threads,
  engine: flags.engine,
  memoryLimit: flags.memoryLimit,
})

/** A key in the environment is a secret of whoever runs the container; a short one could be guessed. */
function environmentKey(): string | undefined {
  const key = process.env['MODELWRIGHT_API_KEY']
  if (key === undefined || key === '') return undefined
  if (key.length >= 20) return key
  throw new UsageError(
    `MODELWRIGHT_API_KEY: expected at least 20 characters, such as 'openssl rand -hex 32' gives; received ${key.length}.`,
    { argument: 'MODELWRIGHT_API_KEY' },
  )
}

const toStandardError = (line: string): void => void process.stderr.write(line)

/**
 * Starts a server and resolves when it has ended: the first SIGTERM or SIGINT ends it gently, a second one at once.
 *
 * @param tell - says what is served and where, once it is
 */
export async function runServer(
  options: ComposeOptions,
  flags: ServerFlags,
  tell: (server: ComposedServer) => void,
): Promise<void> {
  const server = await startModelwright(options)
  logFaults(server)
  const asked = new Promise<void>((resolve) => {
    onInterrupt(() => {
      onInterrupt(exitInterrupted)
      resolve()
    })
  })
  tell(server)
  await asked
  server.log('info', 'closing: requests that have begun are answered first')
  const isAnswered = await server.stop({ delay: flags.drainDelay, timeout: flags.drainTimeout })
  if (!isAnswered)
    process.stderr.write('modelwright: some requests were cut off; give them longer with --drain-timeout.\n')
  // Whatever may still be open somewhere does not keep a server that has ended.
  setTimeout(() => process.exit(exitCodes.done), 1000).unref()
}

/** Of errors that nobody caught, those of connections are harmless; a promise that nobody waited for spoils one piece of work. */
function logFaults(server: ComposedServer): void {
  process.on('unhandledRejection', (error) =>
    server.log('error', 'a fault that nobody caught; the server goes on', error),
  )
  process.on('uncaughtException', (error) => {
    if (isOfConnection(error)) return server.log('warn', 'a connection broke', error)
    // What else is broken now, nobody knows: end gently, so that whoever watches starts a new one.
    server.log('error', 'a fault that nobody caught; the server ends', error)
    process.exitCode = exitCodes.bug
    void server.stop().finally(() => process.exit(exitCodes.bug))
  })
}

const isOfConnection = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(
    (error as NodeJS.ErrnoException | undefined)?.code ?? '',
  )
