// Column names and labels that break careless programs come back as they were.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, enoughTime, expectDone, expectRefused, scratch } from '../support/cli.js'
import { buys, csv, people, scatter } from '../support/small-tables.js'

const folder = scratch()
const here = { cwd: folder.path }

/** Trains, then predicts the rows that it was trained on: the predictions as written, and the names of the columns. */
async function roundTrip(name: string, content: string, target: string, ...args: string[]) {
  const source = folder.file(`${name}.csv`, content)
  const train = ['train', source, '--target', target, '--out', name, '--time', enoughTime, ...args]
  expectDone(await cli(train, here))
  expectDone(await cli(['predict', name, source, '-o', `${name}-out.jsonl`], here))
  const rows = readFileSync(join(folder.path, `${name}-out.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const out = expectDone(await cli(['predict', name, source], here)).stdout
  return {
    rows,
    written: new Set(
      out
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0]!),
    ),
    out,
  }
}

describe('column names', () => {
  it('with quotes, commas, newlines, emoji and words of JavaScript', async () => {
    const names = ['it\'s "age", really', 'line\nbreak', '🌍 city', '__proto__', 'constructor', 'prediction']
    const rows = Array.from({ length: 150 }, (_, i) => [
      scatter(i, 50),
      scatter(i + 1, 9),
      ['Oslo', 'Bern'][scatter(i + 2, 2)]!,
      scatter(i + 3, 7),
      scatter(i + 4, 7),
      scatter(i + 5, 7),
      buys(i) ? 'Yes' : 'No',
    ])
    const { rows: predicted } = await roundTrip('names', csv([...names, 'toString'], rows), 'toString')
    expect(predicted).toHaveLength(150)
    const { signature } = JSON.parse(readFileSync(join(folder.path, 'names', 'manifest.json'), 'utf8')) as {
      signature: { inputs: { name: string }[] }
    }
    expect(signature.inputs.map((input) => input.name)).toEqual(names)
    // Beside a column that is named like the answer the answer cannot stand.
    const kept = await cli(['predict', 'names', 'names.csv', '--keep-columns', '-o', 'kept.csv'], here)
    expectRefused(kept, 2, /keep: 'prediction' would be carried along/)
  })
})

describe('labels', () => {
  it.each<[string, (i: number) => string | number, string[]]>([
    ['zero-one', (i) => Number(buys(i)), ['0', '1']],
    ['padded', (i) => (buys(i) ? '01' : '02'), ['01', '02']],
    ['truth', (i) => String(buys(i)), ['false', 'true']],
    ['yes-no', (i) => (buys(i) ? 'yes' : 'no'), ['no', 'yes']],
    ['fractions', (i) => (buys(i) ? 1.5 : 2.5), ['1.5', '2.5']],
  ])('%s come back in the same text', async (name, label, labels) => {
    const { rows, written } = await roundTrip(name, people(150, label, 'y'), 'y', '--task', 'binary')
    // A machine without time for more than the constant predicts one label only.
    expect(labels).toEqual(expect.arrayContaining([...written].filter((text) => text !== '')))
    expect(written.size).toBeGreaterThan(1)
    expect(Object.keys(rows[0]!)).toEqual(['prediction', ...labels.map((text) => `probability_${text}`)])
  })

  it('with commas, quotes and emoji', async () => {
    const labels = ['a, b', 'say "hi"', '🌍']
    const target = (i: number): string => labels[Math.floor(scatter(i, 50) / 17)]!
    const { rows } = await roundTrip('odd', people(150, target, 'y'), 'y')
    expect(labels).toEqual(expect.arrayContaining([...new Set(rows.map((row) => row['prediction']))]))
    expect(Object.keys(rows[0]!)).toEqual(expect.arrayContaining(labels.map((text) => `probability_${text}`)))
  })

  it('of twenty-six classes', async () => {
    const letter = (i: number): string => String.fromCodePoint(65 + scatter(i, 26))
    const rows = Array.from({ length: 520 }, (_, i) => [
      scatter(i, 26) * 2 + (i % 2),
      scatter(i, 7),
      letter(i),
    ])
    const { rows: predicted } = await roundTrip('letters', csv(['a', 'b', 'letter'], rows), 'letter')
    expect(Object.keys(predicted[0]!)).toHaveLength(27)
  })
})
