// A server that listens: where it may, with which certificate, and until when.
import { readFile } from 'node:fs/promises'
import { unwatchFile, watchFile } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Server as TlsServer } from 'node:tls'
import { createSecureContext } from 'node:tls'
import { FormatError, NotFoundError, StorageError, UsageError } from '../../base/index.js'
import { drain, type DrainOptions } from './drain.js'
import type { Server, ServerContext } from './face.js'
import { loopbackHosts } from './guard/origins.js'
import { createServer, type ServerOptions } from './server.js'

export interface ListenOptions extends Omit<ServerOptions, 'tls'> {
  /** @default 127.0.0.1, which only this machine reaches */
  readonly host?: string | undefined
  /** 0 takes any that is free. */
  readonly port: number
  /** Answer everybody who reaches the server, without keys. @default false */
  readonly insecure?: boolean | undefined
  /** Files in PEM; they are read again when they change. */
  readonly tlsFiles?: { readonly cert: string; readonly key: string } | undefined
}

/** A server that answers. */
export interface RunningServer {
  readonly server: Server
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Ends gently; true when all that had begun was answered. */
  stop(options?: DrainOptions): Promise<boolean>
}

/** Connections at a time: each costs some 20 KB, also when it is idle. */
const mostConnections = 10_000
/** Milliseconds between two looks at the files of the certificate. */
const lookAtCertificate = 10_000

/**
 * Starts a server.
 *
 * @throws {@link UsageError} when others than this machine would reach it without keys, or the port is taken
 */
export async function startServer(context: ServerContext, options: ListenOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port, access, insecure = false, tlsFiles } = options
  if (!isLoopback(host) && access === undefined && !insecure) throw openToAll(host)
  const tls = tlsFiles && (await certificate(tlsFiles))
  const server = await createServer(context, { ...options, tls, hosts: allowedHosts(host, options.hosts) })
  try {
    await server.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` })
  } catch (error) {
    await server.close()
    throw listenError(error, host, port)
  }
  server.server.maxConnections = mostConnections
  // Those who ask go before those who only hold a place: one is turned away, and gets in at the next try.
  server.server.on('drop', () => server.server.closeIdleConnections())
  const unwatch = tlsFiles && reloadOnChange(server, tlsFiles)
  const { port: bound } = server.server.address() as AddressInfo
  return {
    server,
    url: `${tls === undefined ? 'http' : 'https'}://${shownHost(host)}:${bound}`,
    async stop(given) {
      unwatch?.()
      return drain(server, given)
    },
  }
}

/** Names in the header Host: beyond this machine they are whatever its network calls it, unless they are given. */
function allowedHosts(host: string, given: readonly string[] | undefined): readonly string[] | undefined {
  if (given?.includes('*')) return undefined
  if (isLoopback(host)) return [...loopbackHosts, ...(given ?? [])]
  return given && [host, ...given]
}

/** Whether only this machine reaches it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)

/** What can be typed into a browser. */
const shownHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

const openToAll = (host: string): UsageError =>
  new UsageError(
    `Everybody who reaches '${host}' could use this server, because it has no keys. Make one with 'modelwright keys create --name <who> --scopes <what>' and give the same --store, or say --insecure-no-auth when something else guards it.`,
    { argument: '--host' },
  )

function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  const reason = {
    EADDRINUSE: `another program listens on port ${port} of ${host} already. Give another one with --port, or 0 for any that is free`,
    EACCES: `only administrators may listen on port ${port}. Give one from 1024 on with --port`,
    EADDRNOTAVAIL: `this machine does not have the address ${host}. Give one of its own with --host, or 0.0.0.0 for all of them`,
    ENOTFOUND: `there is no address for the name ${host}. Give an address of this machine with --host`,
  }[code ?? '']
  return reason === undefined
    ? error
    : new UsageError(
        `The server cannot start: ${reason}.`,
        { argument: code === 'EADDRINUSE' ? '--port' : '--host' },
        error,
      )
}

interface Files {
  readonly cert: string
  readonly key: string
}

/** @throws {@link NotFoundError}, {@link StorageError}, {@link FormatError} */
async function certificate({ cert, key }: Files): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const read = { cert: await fileOf(cert, '--tls-cert'), key: await fileOf(key, '--tls-key') }
  try {
    createSecureContext(read)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FormatError(
      `'${cert}' and '${key}' are no certificate with its key in PEM (${reason}). Give files that belong together (--tls-cert, --tls-key).`,
      { format: 'pem', path: cert },
      error,
    )
  }
  return read
}

async function fileOf(path: string, flag: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new NotFoundError(`There is no file '${path}' (${flag}).`, { kind: 'file', id: path }, error)
    throw new StorageError(`'${path}' cannot be read (${code}; ${flag}).`, { path }, error)
  }
}

/** Certificates are renewed every few weeks; connections that are open keep theirs. */
function reloadOnChange(server: Server, files: Files): () => void {
  const reload = async (): Promise<void> => {
    try {
      ;(server.server as unknown as TlsServer).setSecureContext(await certificate(files))
      server.log.info('the certificate was read again')
    } catch (error) {
      // Half written, as one of the two files is for a moment: the one before goes on, and the next look tries again.
      server.log.error({ err: error }, 'the certificate could not be read again')
    }
  }
  const paths = [files.cert, files.key]
  for (const path of paths)
    watchFile(path, { interval: lookAtCertificate, persistent: false }, () => void reload())
  // What renews certificates can say so at once, by the signal that has meant it for long.
  const hear = (): void => void reload()
  process.on('SIGHUP', hear)
  return () => {
    process.off('SIGHUP', hear)
    for (const path of paths) unwatchFile(path)
  }
}
