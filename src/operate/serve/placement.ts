// Whether a graph runs in the thread of the service or in workers, by its first runs.
import type { WarmUp } from './warm-up.js'

/**
 * Runs of so many milliseconds are in the thread whatever the way to a worker takes: a request in a worker takes some 0.2 ms longer than
 * its run (measured), which is too much beside 0.2 ms and little beside 0.5. Models near this bound are well off on both sides of it, so
 * that it does not matter on which a busy machine puts them.
 */
const short = 0.5
/** Longest run in the thread of the service, in milliseconds: other requests wait as long. */
const longest = 1
/** Bytes; opening a graph there holds up everything once: some ten milliseconds for a megabyte of trees, less for other constants. */
const largest = 8 * 2 ** 20

/**
 * Whether a graph's answers would take more than one and a half times as long in a worker, and the thread of the service would have
 * little less to do.
 *
 * @param size - bytes of the graph
 */
export const belongsInThread = ({ single, trip }: Pick<WarmUp, 'single' | 'trip'>, size: number): boolean =>
  single !== undefined && single <= Math.min(longest, Math.max(short, 2 * trip)) && size <= largest
