// What runs can be placed by: metrics and parameters, as numbers or as categories.
import type { RunCompared } from '../../../../src/app/http/api/page-types.js'
import { numberOf, shortNumber } from '../../base/format.js'

export interface Dimension {
  /** `metrics.rmse`, as in an address. */
  readonly id: string
  readonly title: string
  readonly kind: 'metrics' | 'params'
  /** One for each run, NaN where it has none; a category is its place among `categories`. */
  readonly values: readonly number[]
  readonly categories: readonly string[] | undefined
  text(value: number): string
}

export function dimensionsOf(runs: readonly RunCompared[]): readonly Dimension[] {
  const metrics = runs.map((run) => new Map(run.metrics.map(({ key, value }) => [key, numberOf(value)])))
  const metricNames = new Set(metrics.flatMap((known) => [...known.keys()]))
  const paramNames = new Set(runs.flatMap(({ params }) => Object.keys(params)))
  return [
    ...[...paramNames].map((name) =>
      paramDimension(
        name,
        runs.map(({ params }) => params[name]),
      ),
    ),
    ...[...metricNames].map((name): Dimension => ({
      id: `metrics.${name}`,
      title: name,
      kind: 'metrics',
      values: metrics.map((known) => known.get(name) ?? NaN),
      categories: undefined,
      text: shortNumber,
    })),
  ]
}

function paramDimension(name: string, texts: readonly (string | undefined)[]): Dimension {
  const base = { id: `params.${name}`, title: name, kind: 'params' } as const
  const numbers = texts.map((text) => (text === undefined || text.trim() === '' ? NaN : Number(text)))
  const isNumeric = texts.every((text, i) => text === undefined || Number.isFinite(numbers[i]))
  if (isNumeric) return { ...base, values: numbers, categories: undefined, text: shortNumber }
  const categories = [...new Set(texts.filter((text) => text !== undefined))].toSorted()
  return {
    ...base,
    values: texts.map((text) => (text === undefined ? NaN : categories.indexOf(text))),
    categories,
    text: (value) => categories[Math.round(value)] ?? '',
  }
}

/** Whether runs differ in it at all. */
export const varies = ({ values }: Dimension): boolean =>
  new Set(values.map((value) => (Number.isNaN(value) ? 'none' : value))).size > 1
