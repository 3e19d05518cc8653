// The server of the program on a store, as `modelwright ui` starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

const program = join(process.cwd(), 'dist/app/cli/main.js')

/** Starts it and gives its address. */
export async function startServer(
  store: string,
): Promise<{ readonly url: string; readonly server: ChildProcess }> {
  const server = spawn(process.execPath, [program, 'ui', '--port', '0', '--store', store], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: dirname(store),
  })
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    server.stdout.on('data', (part: Buffer) => {
      said += part.toString()
      const found = /at (http:\/\/\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    server.on('exit', () => reject(new Error(`The server ended: ${said}`)))
  })
  return { url, server }
}
