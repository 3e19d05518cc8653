// What may not be there, where that is no fault.
import { NotFoundError } from './errors.js'

/** What is found, or undefined where there is none. */
export async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (NotFoundError.is(error)) return undefined
    throw error
  }
}
