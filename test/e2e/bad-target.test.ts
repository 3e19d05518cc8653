// Targets that cannot be learned, and options that do not fit the data.
import { describe, expect, it } from 'vitest'
import { cli, expectRefused, scratch } from '../support/cli.js'
import { buyers, csv, people } from '../support/small-tables.js'

const folder = scratch()
const source = folder.file('buyers.csv', buyers(60))

const train = (file: string, ...args: string[]) =>
  cli(['train', file, '--out', 'out', '--time', '20s', ...args], { cwd: folder.path })

describe('a target', () => {
  it('that is not there: the nearest name is suggested', async () =>
    expectRefused(
      await train(source, '--target', 'buy'),
      2,
      /There is no column 'buy'.*Did you mean 'buys'\?/,
    ))

  it('that is not given', async () =>
    expectRefused(await train(source), 2, /give the column to predict with --target/))

  it('that is constant', async () => {
    const constant = folder.file(
      'constant.csv',
      people(40, () => 'Yes', 'buys'),
    )
    expectRefused(
      await train(constant, '--target', 'buys'),
      3,
      /is 'Yes' in every row: there is nothing to predict/,
    )
    const number = folder.file(
      'constant-number.csv',
      people(40, () => 5.5, 'spent'),
    )
    expectRefused(await train(number, '--target', 'spent'), 3, /is 5\.5 in every row/)
  })

  it('without any value', async () => {
    const empty = folder.file(
      'no-values.csv',
      people(40, () => '', 'buys'),
    )
    expectRefused(await train(empty, '--target', 'buys'), 3, /has no values at all/)
  })

  it('with more classes than the rows can carry', async () => {
    const many = folder.file(
      'many.csv',
      people(60, (i) => `k${i % 30}`, 'kind'),
    )
    expectRefused(await train(many, '--target', 'kind'), 3, /30 classes in 60 rows, more than can be learned/)
    const each = folder.file(
      'each.csv',
      people(60, (i) => `k${i}`, 'kind'),
    )
    expectRefused(await train(each, '--target', 'kind'), 3, /Is it an identifier\?/)
  })

  it('that is text, for regression; that has three classes, for binary', async () => {
    expectRefused(await train(source, '--target', 'city', '--task', 'regression'), 3, /holds text such as/)
    expectRefused(await train(source, '--target', 'city', '--task', 'binary'), 3, /has 3 classes, expected 2/)
  })
})

describe('an option', () => {
  const given = (...args: string[]) => train(source, '--target', 'buys', ...args)

  it('that does not exist, with the nearest', async () => {
    const result = await cli(['train', source, '--targt', 'buys'])
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/^modelwright: unknown option '--targt'\. Did you mean --target\?\n$/)
    const command = await cli(['trian'])
    expect(command.code).toBe(2)
    expect(command.stderr).toMatch(/^modelwright: unknown command 'trian'\. Did you mean train\?\n$/)
    const far = await cli(['models', 'promote', '--nonsense'])
    expect(far.stderr).toBe(
      "modelwright: unknown option '--nonsense'. See modelwright models promote --help.\n",
    )
  })

  it.each([
    [['--time', 'soon'], /--time: expected a duration such as 60s, 5m or 1h; received 'soon'/],
    [['--time', '0s'], /--time: expected a duration/],
    [['--seed', 'x'], /--seed: expected a number; received 'x'/],
    [['--seed', '1.5'], /seed/],
    [['--test', '1.5'], /test/],
    [['--test', '0'], /test/],
    [['--test', 'half'], /--test: expected a number; received 'half'/],
    [['--task', 'guess'], /task.*'auto', 'binary', 'multiclass'/],
    [['--prefer', 'worst'], /prefer.*'best'/],
    [['--threads', '0'], /threads/],
    [['--metric', 'goodness'], /metric.*'goodness'.*roc-auc/],
    [['--metric', 'rmse'], /'rmse' is not for a binary target/],
    [['--group', 'houshold'], /There is no column 'houshold'/],
    [['--time-column', 'joind'], /There is no column 'joind'.*Did you mean 'joined'/],
    [['--drop', 'agee'], /There is no column 'agee'.*Did you mean 'age'/],
    [['--keep', 'citty'], /There is no column 'citty'.*Did you mean 'city'/],
    [['--drop', 'buys'], /'buys' is the target/],
    [['--group', 'city', '--time-column', 'joined'], /cannot be combined/],
  ])('%j that does not fit', async (args, sentence) => expectRefused(await given(...args), 2, sentence))

  it('that leaves no column to learn from', async () =>
    expectRefused(await given('--drop', 'age,city,member,joined'), 3, /No column is left to learn from/))

  it('that names text as time', async () =>
    expectRefused(await given('--time-column', 'city'), 3, /'city' holds text that is no date/))

  it('that names a test file with other columns, or none', async () => {
    const other = folder.file(
      'other.csv',
      csv(
        ['age', 'buys'],
        [
          [1, 'Yes'],
          [2, 'No'],
        ],
      ),
    )
    expectRefused(await given('--test-file', other), 3, /lacks 3 of 4 columns: 'city', 'member', 'joined'/)
    expectRefused(await given('--test-file', 'none.csv'), 3, /There is no file 'none\.csv'/)
    const unknown = folder.file(
      'unknown.csv',
      people(20, () => 'Perhaps', 'buys'),
    )
    expectRefused(await given('--test-file', unknown), 3, /no row with a known value of 'buys'/)
    const targetless = folder.file(
      'targetless.csv',
      people(20, () => 'x', 'y'),
    )
    expectRefused(await given('--test-file', targetless), 2, /There is no column 'buys'/)
  })
})
