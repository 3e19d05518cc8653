// How much main memory there is, and what is told where it does not suffice.
import { freemem, totalmem } from 'node:os'
import { MemoryError } from './errors.js'

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A number of bytes for people: 1.5 GiB. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)))
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]!}`
}

/**
 * The error for something that does not fit.
 *
 * @param what - what needs it, as the subject of the sentence
 * @param bytes - how much it needs; undefined where that is not known
 */
export function outOfMemory(what: string, bytes: number | undefined, cause?: unknown): MemoryError {
  const free = process.availableMemory?.() ?? freemem()
  const needs = bytes === undefined ? 'more memory than there is' : formatBytes(bytes)
  return new MemoryError(
    `${what} needs ${needs}; this machine has ${formatBytes(totalmem())}, ${formatBytes(free)} of it free. Give smaller batches, shorter sequences or a smaller network.`,
    { bytes, total: totalmem(), free },
    cause,
  )
}

/** Bytes of main memory that this process may have: what a container allows, where it says so. */
export function memoryOfMachine(): number {
  const allowed = process.constrainedMemory?.() ?? 0
  return allowed > 0 && allowed < totalmem() ? allowed : totalmem()
}
