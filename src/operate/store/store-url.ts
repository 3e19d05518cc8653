// Where a store is.

/** When nothing is said: a file below the working directory. */
const defaultStore = '.modelwright/store.db'

/** The address that is meant: the one given, else the variable's, else the file below the working directory. */
export const storeUrl = (given?: string): string => {
  const set = process.env['MODELWRIGHT_STORE'] ?? ''
  return given ?? (set === '' ? defaultStore : set)
}

/** Whether an address means Postgres. */
export const isPostgres = (address: string): boolean => /^postgres(ql)?:\/\//.test(address)

/** An address without user and password, wherever they stand and however they are written. */
export const withoutSecrets = (address: string): string =>
  /^postgres(ql)?:/.test(address) ? address.replace(/\/\/.*@/s, '//').replace(/\?.*/s, '') : address
