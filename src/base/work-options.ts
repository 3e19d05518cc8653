// The options that every long call has, declared once.
import { integer, optional, type OptionSpec } from './options.js'

/** Threads for kernels. A wrong number would divide the work among nobody, and wait for ever. */
export const threadsOption: OptionSpec<number | undefined> = optional(integer({ min: 1, default: 1 }))
