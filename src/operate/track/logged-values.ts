// What users log, checked, as the store keeps it.
import { wallClock } from '../../base/index.js'
import type { LogBatch, Pairs } from '../store/index.js'
import { checkName, checkStep, checkValue, cut, limits, type LoggedValue, textOf } from './limits.js'
import type { MetricOptions } from './run-options.js'

export const paramsOf = (values: Readonly<Record<string, string>>): Pairs =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [checkName('parameter', key), cut(value, limits.param)]),
  )

export const tagsOf = (values: Readonly<Record<string, LoggedValue>>): Pairs =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [checkName('tag', key), cut(textOf(value), limits.tag)]),
  )

export const pointsOf = (
  values: Readonly<Record<string, number>>,
  { step = 0, timestamp = wallClock() }: MetricOptions = {},
): LogBatch['metrics'] =>
  Object.entries(values).map(([key, value]) => ({
    key: checkName('metric', key),
    value: checkValue(key, value),
    step: checkStep(step),
    timestamp: checkStep(timestamp),
  }))

/** What an error says, in one line where it is one. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : textOf(error as LoggedValue)
