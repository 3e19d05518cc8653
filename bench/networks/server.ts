// Programs that are timed beside each other: they stay open, and take turns.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program that answers each line with one of JSON. */
export interface Server {
  first(): Promise<unknown>
  steps(count: number): Promise<number[]>
  end(): void
}

/** Starts one. */
export function serve(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Server {
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${program} ${args.join(' ')} ended early.`)
    return JSON.parse(value as string)
  }
  return {
    first: next,
    async steps(count) {
      child.stdin!.write(`${count}\n`)
      return (await next()) as number[]
    },
    end: () => void child.kill(),
  }
}
