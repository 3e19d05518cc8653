// The options that every long call has, declared once.
import type { WorkEvent, WorkOptions } from './events.js'
import { custom, integer, optional, type OptionSpec, type OptionsDeclaration } from './options.js'

/** Equal seeds give equal results. */
export const seedOption: OptionSpec<number> = integer({
  min: Number.MIN_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
  default: 0,
})

/** The same, or 'random' for a seed that is drawn, and told beside the result. */
export const drawnSeedOption: OptionSpec<number | 'random'> = custom<number | 'random'>({
  default: 0,
  expected: "a whole number, or 'random'",
  accepts: (value) => value === 'random' || seedOption.accepts(value),
})

/** The declarations of {@link WorkOptions}. */
export const workSpecs: OptionsDeclaration<WorkOptions>['specs'] = {
  signal: optional(
    custom<AbortSignal | undefined>({
      default: undefined,
      expected: 'an AbortSignal',
      // By its shape: a signal may come from another realm.
      accepts: (value) => typeof value === 'object' && value !== null && 'throwIfAborted' in value,
    }),
  ),
  onEvent: optional(
    custom<((event: WorkEvent) => void) | undefined>({
      default: undefined,
      expected: 'a function',
      accepts: (value) => typeof value === 'function',
    }),
  ),
}

/** Threads for kernels. A wrong number would divide the work among nobody, and wait for ever. */
export const threadsOption: OptionSpec<number | undefined> = optional(integer({ min: 1, default: 1 }))
