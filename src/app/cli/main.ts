#!/usr/bin/env node
// The command line: turns every failure into a sentence and an exit status.
import { CommanderError } from 'commander'
import { ModelwrightError, storageError } from '../../base/index.js'
import { exitCodeOf, exitCodes } from './exit-codes.js'
import { exitInterrupted, InterruptedError, listenForInterrupts } from './interrupt.js'
import { program } from './program.js'

// Amazon's client tells on every start which Node its coming versions need. That is for whoever updates it, not for who uses this program.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

async function main(argv: string[]): Promise<number> {
  try {
    await program().parseAsync(argv)
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    if (isBrokenPipe(error)) return exitCodes.done
    if (error instanceof InterruptedError) return exitInterrupted()
    report(error, argv)
    return exitCodeOf(error)
  }
}

/** The reader of our output has gone, as `head` does: nothing is wrong. */
const isBrokenPipe = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code === 'EPIPE'

function report(error: unknown, argv: readonly string[]): void {
  const debug = argv.includes('--debug')
  const message = error instanceof Error ? error.message : String(error)
  const ours = ModelwrightError.is(error) && error.code !== 'internal'
  const text = ours
    ? message
    : `something went wrong that is not your fault: ${message} Please report it; --debug shows where it happened.`
  process.stderr.write(`modelwright: ${text}\n`)
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`)
}

process.stdout.on('error', (error) => {
  if (isBrokenPipe(error)) process.exit(exitCodes.done)
  // What was to be told is lost, whatever the command thinks of its own success.
  report(storageError('standard output', error), process.argv)
  process.exit(exitCodes.data)
})
// Where even complaints cannot be written, the exit status has to do.
process.stderr.on('error', () => {})
listenForInterrupts()
process.exitCode = await main(process.argv)
