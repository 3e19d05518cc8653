// Names that nobody can guess and that never repeat, as MLflow writes them.
import { randomUUID } from 'node:crypto'

/** 32 hexadecimal digits. */
export const newRunId = (): string => randomUUID().replaceAll('-', '')

export const newLoggedModelId = (): string => `m-${newRunId()}`

/** The numbers of experiments with these ids; what can be no id of ours names none: more than 15 digits would not fit a number. */
export const experimentNumbers = (ids: readonly string[]): number[] =>
  ids.filter((id) => /^\d{1,15}$/.test(id)).map(Number)
