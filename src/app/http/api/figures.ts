// Numbers in JSON, which has no word for three of them.
import type { Figure } from './page-types.js'

/** The number, or its name where JSON cannot write it. */
export const figure = (value: number): Figure => (Number.isFinite(value) ? value : (String(value) as Figure))
