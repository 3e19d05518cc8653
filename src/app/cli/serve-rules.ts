// Small languages of the options of `serve`: shares of traffic, columns to hide.
import type { RedactRule } from '../../operate/serve/index.js'
import { wrong } from './flags.js'

/** Shares of versions of a model; of the only one when it has no name. */
export interface TrafficRule {
  readonly model: string | undefined
  readonly weights: Readonly<Record<string, number>>
}

/** From `1=90,2=10`, `v1=90,v2=10` or `churn:1=90,2=10`. @throws {@link UsageError} */
export function trafficRule(given: string, name: string): TrafficRule {
  const [, model, shares = ''] = /^(?:(.+):)?([^:]*)$/.exec(given) ?? []
  const pairs = shares.split(',').map((pair) => /^\s*v?(\d+)\s*=\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(pair))
  const weights = Object.fromEntries(
    pairs.flatMap((pair) => (pair === null ? [] : [[pair[1]!, Number(pair[2])]])),
  )
  const sum = Object.values(weights).reduce((a, b) => a + b, 0)
  if (pairs.every((pair) => pair !== null) && sum > 0) return { model, weights }
  throw wrong(name, "shares of versions such as '1=90,2=10', or 'churn:1=90,2=10'", given)
}

/** From `email`, `card*=drop`, `user=hash`. @throws {@link UsageError} */
export function redactRule(given: string, name: string): RedactRule {
  const [, column = '', how = 'mask'] = /^([^=].*?)(?:=([^=]*))?$/.exec(given) ?? []
  if (column !== '' && (how === 'mask' || how === 'drop' || how === 'hash')) return { column, with: how }
  throw wrong(name, "columns, with '=mask', '=drop' or '=hash' where it is not to be a mask", given)
}
