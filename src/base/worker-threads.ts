// What our worker threads are started with.

/**
 * Options for a `Worker` of a file. The flag of `node --input-type=module -e` is inherited by workers, and ends those that run files.
 */
export const workerFlags = (): { readonly execArgv?: string[] } =>
  process.execArgv.some((flag) => /^-{2}input-type/.test(flag)) ? { execArgv: [] } : {}
