// A real server of S3's protocol, in a process of its own, so that tests can stop it, kill it and start it again where it was.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bucket = 'artifacts'
const require = createRequire(import.meta.url)
const server = require.resolve('s3rver')

// Goes when the tests do, however they end.
const program = `
  const [port, directory, server] = process.argv.slice(1)
  const S3rver = require(server)
  process.on('disconnect', () => process.exit())
  const options = { port: Number(port), address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: '${bucket}' }] }
  new S3rver(options).run().then((address) => process.send(address.port))
`

export interface S3Server {
  /** Address of artifacts below a prefix. */
  url(prefix: string): string
  /** What a process needs to find it, as variables of its environment. */
  readonly variables: Readonly<Record<string, string>>
  /** Where it keeps its objects. */
  readonly folder: string
  /** Kills it, as a crash would. */
  stop(): Promise<void>
  /** Starts it again, on the same port and folder. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Starts a server with one bucket, and points this process to it. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'modelwright-s3-'))
  let { port, child } = await launch(0, folder)
  const variables = {
    MODELWRIGHT_S3_ENDPOINT: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_REGION: 'us-east-1',
  }
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    url: (prefix) => `s3://${bucket}/${prefix}`,
    variables,
    folder,
    stop,
    async start() {
      ;({ port, child } = await launch(port, folder))
    },
    async close() {
      await stop()
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function launch(
  port: number,
  folder: string,
): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    ['--openssl-legacy-provider', '-e', program, String(port), folder, server],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // An old program: its cipher for pages of lists is out of use, and what else it uses is deprecated.
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    },
  )
  const answer = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)])
  if (answer === undefined) throw new Error('The S3 server for tests did not start.')
  return { port: Number(answer[0]), child }
}
