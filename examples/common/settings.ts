// The command line of the examples that train networks: --full learns from real data in the folder after --data, without it
// the examples make do with what lies in examples/data or is drawn by a seed. What is wrong is told in a sentence.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

/** The folder of the real data, which must hold these files; undefined in the short setting. */
export function dataFolder(...files: readonly string[]): string | undefined {
  const { full, data } = options(files)
  if (!full && data === undefined) return undefined
  if (!full || data === undefined) stop(`--full and --data FOLDER belong together.`, files)
  if (!existsSync(data)) stop(`the folder ${data} is not there.`, files)
  const missing = files.filter((file) => !existsSync(join(data, file)))
  if (missing.length > 0) stop(`the folder ${data} lacks ${missing.join(', ')}.`, files)
  return data
}

/** Threads to compute with: those of --threads, or as many as there are cores. */
export function threadCount(): number {
  const { threads } = options([])
  return threads === undefined ? availableParallelism() : Number(threads)
}

/** The name of the program, such as digits. */
export const programName = (): string => basename(process.argv[1]!, '.js')

function options(files: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({ options: { full: { type: 'boolean' }, data: text, threads: text } })
    const { full = false, data, threads } = values
    if (threads === undefined || /^[1-9]\d*$/.test(threads)) return { full, data, threads }
    return stop(`--threads takes a whole number from 1; received ${threads}.`, files)
  } catch (error) {
    return stop((error as Error).message, files)
  }
}

function stop(fault: string, files: readonly string[]): never {
  console.error(`${programName()}: ${fault}`)
  console.error(`Run it without options, or with --full --data FOLDER; FOLDER holds ${files.join(', ')}.`)
  process.exit(2)
}
