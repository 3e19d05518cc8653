// Every error that a user can meet. One class per code; the code decides the exit status and the HTTP status. The comment on
// each says cause, what to do and details, in this order: scripts/errors-page.mjs makes docs/errors.md of them.

/** Plain data that explains an error to a program. */
export type ErrorDetails = Readonly<Record<string, unknown>>

const marker = (code: string): symbol => Symbol.for(`modelwright.error.${code}`)

/**
 * Base of all errors thrown on purpose. The message is a sentence that says what was expected, what was received
 * and what to do; `details` says the same to a program.
 */
export class ModelwrightError extends Error {
  readonly code: string
  readonly details: ErrorDetails

  constructor(code: string, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
    this.name = new.target.name
    Object.defineProperty(this, marker('any'), { value: true })
    Object.defineProperty(this, marker(code), { value: true })
  }

  /** True for any Modelwright error, also one from a second installed copy of the package. */
  static is(error: unknown): error is ModelwrightError {
    return hasMarker(error, 'any')
  }
}

function hasMarker(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && marker(code) in error
}

/** Builds the leaf class for one code, so that each leaf below is one line. */
function errorClass<Code extends string>(code: Code) {
  return class extends ModelwrightError {
    declare readonly code: Code

    constructor(message: string, details?: ErrorDetails, cause?: unknown) {
      super(code, message, details, cause)
    }

    static override is(error: unknown): error is ModelwrightError {
      return hasMarker(error, code)
    }
  }
}

/**
 * An option fails its declaration. Give a value as the message says.
 * `details`: option, expected, received.
 */
export class InvalidOptionError extends errorClass('invalid-option') {}
/**
 * A call or the command line was used wrongly. Do what the message says; `modelwright <command> --help` lists the flags.
 * `details`: argument.
 */
export class UsageError extends errorClass('usage') {}
/**
 * Columns differ from those a model was fitted on. Give the missing columns; null is a missing value.
 * `details`: missing, unexpected, changed.
 */
export class SchemaMismatchError extends errorClass('schema-mismatch') {}
/**
 * A name is not in the table. Take the name that the message suggests, or one of `available`.
 * `details`: name, available, closest.
 */
export class UnknownColumnError extends errorClass('unknown-column') {}
/**
 * Sizes disagree. Give as many labels, weights or columns as there are rows or inputs.
 * `details`: expected, received, where.
 */
export class ShapeError extends errorClass('shape') {}
/**
 * Data cannot be learned from: empty, constant, infinite, one class only. Mend or drop the column or the rows that the message names.
 * `details`: column, count, firstRow.
 */
export class DataError extends errorClass('data') {}
/**
 * No answer within the limit, and the result would mislead. Clean the data of infinite and extreme values.
 * `details`: iterations, tolerance, reached.
 */
export class ConvergenceError extends errorClass('convergence') {}
/**
 * A file, model document or ONNX graph cannot be read. Take the file again from where it came; one of a newer version needs a newer Modelwright.
 * `details`: format, version, position.
 */
export class FormatError extends errorClass('format') {}
/**
 * An optional engine is not installed, or the device asked for is not there. Do what `install` says, let `auto` choose the engine, or compute on the CPU.
 * `details`: engine, device, install, reason.
 */
export class EngineMissingError extends errorClass('engine-missing') {}
/**
 * A file or record does not exist. Check the name; paths start at the working directory.
 * `details`: kind, id.
 */
export class NotFoundError extends errorClass('not-found') {}
/**
 * Something exists already or changed meanwhile. Choose another name or folder.
 * `details`: kind, id.
 */
export class ConflictError extends errorClass('conflict') {}
/**
 * The disk is full, a folder cannot be written. Free space or choose another folder, then run it again.
 * `details`: path.
 */
export class StorageError extends errorClass('storage') {}
/**
 * Main memory does not suffice. Give smaller batches, shorter sequences or a smaller network.
 * `details`: bytes, total, free.
 */
export class MemoryError extends errorClass('memory') {}
/**
 * The time budget ended before there was a result. Give more time.
 * `details`: seconds.
 */
export class TimeBudgetError extends errorClass('time-budget') {}
/**
 * A request has no key, a wrong one, or one without the scope that it needs. Send `Authorization: Bearer <key>`; `modelwright keys` makes keys.
 * `details`: reason, scope.
 */
export class AccessError extends errorClass('access') {}
/**
 * A request is larger than the server takes: bytes, rows, list entries. Send smaller parts, or have the limit raised.
 * `details`: limit, received, option.
 */
export class LimitError extends errorClass('limit') {}
/**
 * Too much at once: the queue is full, a rate is exceeded, a dependency is away. Try again after `retryAfter` seconds; nothing was done, unless the message says that this is not known (`written` is `unknown`).
 * `details`: retryAfter, reason, written.
 */
export class OverloadError extends errorClass('overload') {}
/** Our own bug: an invariant does not hold. Please report it with the data that caused it. */
export class InternalError extends errorClass('internal') {}

/** Throws {@link InternalError} unless the invariant holds. For kernels and private code, never for user input. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) {
    throw new InternalError(
      `Modelwright is at fault: ${invariant} does not hold. Please report this with the data that caused it.`,
    )
  }
}

/** The known name nearest to `name` by edit distance, or undefined when none is near. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  // A third of the letters may differ: beyond that a suggestion confuses more than it helps.
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  if (name.length > longestName) return undefined
  for (const candidate of known.slice(0, mostCompared)) {
    // So many letters must be put in or taken out at least.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Whoever mistypes a name has typed it; what is longer comes from a program, and would take long to compare. */
const longestName = 200
/** A comparison takes some microseconds, and lists of names may come with a request. */
const mostCompared = 1000

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? rows[i - 2]![j - 2]! + 1 : Infinity
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, substitution, swap))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

/** A value as it should stand in a message: quoted when text, cut when long. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : describe(value)
  // 60 characters keep a message on one terminal line.
  return text.length > 60 ? `${text.slice(0, 57)}…${typeof value === 'string' ? "'" : ''}` : text
}

/** What was received in place of something else, in a word or two: 'a promise', "'file.csv'", 'null'. */
export function nameOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise'
  if (Array.isArray(value)) return 'an array'
  if (ArrayBuffer.isView(value)) return describe(value)
  return typeof value === 'object' && value !== null ? 'an object' : quote(value)
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  // JSON has neither NaN nor Infinity, and would call them null.
  if (typeof value === 'number') return String(value)
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${String((value as Uint8Array).length)})`
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
