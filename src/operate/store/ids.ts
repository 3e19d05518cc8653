// Names that nobody can guess and that never repeat, as MLflow writes them.
import { randomUUID } from 'node:crypto'

/** 32 hexadecimal digits. */
export const newRunId = (): string => randomUUID().replaceAll('-', '')

export const newLoggedModelId = (): string => `m-${newRunId()}`
