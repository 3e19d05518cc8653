// Files take the time that they take, in and out: how slow a body may be is watched elsewhere, and `artifacts` limits sizes.

/** Options of a route whose answer has no limit of time; timers of Node take no more, which is 24 days. */
export const unhurried = { handlerTimeout: 2 ** 31 - 1 }
