// Listens to work on behalf of a run: metrics go to the store when some have gathered, warnings become a tag.
import { wallClock } from '../../base/index.js'
import type { LogBatch } from '../store/index.js'
import type { LoggedValue } from './limits.js'
import type { TrackedRun } from './run-options.js'
import { eventReader, type TrackedEvent } from './training-events.js'

interface SinkParts {
  add(batch: () => LogBatch, lazy: boolean): Promise<boolean>
  setTags(values: Readonly<Record<string, LoggedValue>>): Promise<boolean>
  crowded(): boolean
  drained(): Promise<void>
}

/** Warnings of one run that are kept: a table of many alike columns says the same of each. */
const mostWarnings = 50

export function eventSink({ add, setTags, crowded, drained }: SinkParts): TrackedRun['onEvent'] {
  const read = eventReader()
  const warnings = new Set<string>()
  const listen = (event: TrackedEvent): Promise<void> | undefined => {
    const { metrics, warning } = read(event)
    const timestamp = wallClock()
    if (metrics.length > 0)
      add(() => ({ metrics: metrics.map((point) => ({ ...point, timestamp })) }), true).catch(() => undefined)
    if (warning !== undefined && !warnings.has(warning.message) && warnings.size < mostWarnings) {
      warnings.add(warning.message)
      setTags({ 'modelwright.warnings': [...warnings].join('\n') }).catch(() => undefined)
    }
    // Work that waits for its listeners, as training of networks does, gives the store time.
    return crowded() ? drained() : undefined
  }
  return listen as TrackedRun['onEvent']
}
