// evaluate, profile, inspect, doctor, --help and --version: on paper and as JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, enoughTime, expectDone, expectPlain, expectRefused, root, scratch } from '../support/cli.js'
import { buyers, csv, person, personHeader, scatter } from '../support/small-tables.js'

const folder = scratch()
const here = { cwd: folder.path }
const source = folder.file('buyers.csv', buyers())

beforeAll(async () => {
  expectDone(await cli(['train', source, '--target', 'buys', '--out', 'bundle', '--time', enoughTime], here))
}, 120_000)

/** The one JSON document of a command, and nothing else. */
async function json(...args: string[]): Promise<Record<string, never>> {
  const { stdout, stderr } = expectDone(await cli([...args, '--json'], here))
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Record<string, never>
}

async function paper(...args: string[]): Promise<string> {
  const { stdout, stderr } = expectDone(await cli(args, here))
  expectPlain(stdout + stderr)
  // Eighty columns are what a pipe is read at; messages wrap by themselves.
  for (const line of stdout
    .split('\n')
    .filter((text) => /^(column|metric|input|model|[a-z]+ {2,})/.test(text)))
    expect(line.length).toBeLessThanOrEqual(80)
  return stdout
}

describe('how text files are written', () => {
  it('takes the first line for names, or for a row, as told', async () => {
    const bare = folder.file('bare.csv', 'a,b\n1,x\n2,y\n')
    const columns = async (...flags: string[]): Promise<unknown> =>
      ((await json('profile', bare, ...flags))['columns'] as unknown as { name: string }[]).map(
        ({ name }) => name,
      )
    expect(await columns('--header')).toEqual(['a', 'b'])
    expect(await columns('--no-header')).toEqual(['column_1', 'column_2'])
  })

  it('trains and predicts without names', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => `${i % 7},${i % 3},${i % 7 > 3 ? 'y' : 'n'}`)
    const bare = folder.file('nameless.csv', `${rows.join('\n')}\n`)
    const flags = ['--target', 'column_3', '--no-header', '--time', enoughTime, '--out', 'nameless']
    expectDone(await cli(['train', bare, ...flags], here))
    const { stdout } = expectDone(await cli(['predict', 'nameless', bare, '--no-header'], here))
    expect(stdout.trim().split('\n')).toHaveLength(81)
  }, 120_000)

  it('reads Latin-1 when told, and refuses other encodings', async () => {
    const path = folder.file('latin.csv', Buffer.from('city,n\nZürich,1\nKöln,2\n', 'latin1'))
    expectRefused(await cli(['profile', path], here), 3, /--encoding latin-1/)
    expect(await json('profile', path, '--encoding', 'latin-1')).toMatchObject({
      rowCount: 2,
      columns: [{ top: [{ value: 'Zürich' }, { value: 'Köln' }] }, {}],
    })
    expectRefused(await cli(['profile', path, '--encoding', 'ebcdic'], here), 2, /expected utf-8 or latin-1/)
  })
})

describe('evaluate', () => {
  it('scores rows with a known target', async () => {
    const found = await json('evaluate', 'bundle', source)
    expect(Object.keys(found)).toEqual(['rows', 'leftOut', 'metric', 'scores', 'intervals', 'trained'])
    expect(found).toMatchObject({ rows: 160, leftOut: 0, metric: 'roc-auc' })
    expect(Object.keys(found['scores']!)).toEqual(Object.keys(found['intervals']!))
    expect(Object.keys(found['trained']!)).toEqual(Object.keys(found['scores']!))
    const text = await paper('evaluate', 'bundle', source)
    expect(text).toMatch(/^160 rows judged\n\nmetric +score +95 % interval +in training\n/)
  })

  it('reads queries and standard input, and leaves rows without a target out', async () => {
    const query = await json('evaluate', 'bundle', '--sql', `select * from '${source}' where age > 30`)
    expect(Number(query['rows'])).toBeLessThan(160)
    const rows = Array.from({ length: 40 }, (_, i) => [...person(i), i % 4 === 0 ? '' : i % 2 ? 'Yes' : 'No'])
    const piped = await cli(['evaluate', 'bundle', '-', '--json'], {
      ...here,
      stdin: csv([...personHeader, 'buys'], rows),
    })
    expect(JSON.parse(expectDone(piped).stdout)).toMatchObject({ rows: 30, leftOut: 10 })
  })

  it('writes null where a score has no value', async () => {
    const single = folder.file(
      'single.csv',
      csv(
        [...personHeader, 'buys'],
        Array.from({ length: 9 }, (_, i) => [...person(i), 'Yes']),
      ),
    )
    const { stdout } = expectDone(await cli(['evaluate', 'bundle', single, '--json'], here))
    expect(stdout).not.toMatch(/NaN|Infinity/)
    const found = JSON.parse(stdout) as { scores: Record<string, number | null> }
    expect(found.scores['roc-auc'] ?? null).toBeNull()
    expect(found.scores['accuracy']).toBeTypeOf('number')
  })
})

describe('profile', () => {
  it('tells kinds, missing values, distributions and warnings', async () => {
    const found = await json('profile', source, '--target', 'buys')
    expect(found).toMatchObject({ rowCount: 160 })
    const columns = found['columns'] as unknown as { name: string; kind: string; top: { value: unknown }[] }[]
    expect(columns.map(({ name }) => name)).toEqual([...personHeader, 'buys'])
    expect(
      columns
        .find(({ name }) => name === 'member')!
        .top.map(({ value }) => value)
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual(['no', 'yes'])
    const text = await paper('profile', source, '--target', 'buys')
    expect(text).toMatch(/^160 rows, 5 columns\n\ncolumn +kind +missing +distinct +values\n/)
    expect(text).toMatch(/buys .*(Yes \(\d+\), No|No \(\d+\), Yes)/)
  })

  it('warns of leaks when it knows the target', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const target = scatter(i, 2)
      return [scatter(i + 1, 40), target ? 'alive' : 'dead', target]
    })
    const leaky = folder.file('leaky.csv', csv(['age', 'outcome', 'survived'], rows))
    expect(await paper('profile', leaky, '--target', 'survived')).toMatch(
      /! .*'outcome'.* Train would leave it out\./,
    )
  })

  it('writes itself as a page of one file', async () => {
    const { stderr } = expectDone(await cli(['profile', source, '--html', 'profile.html'], here))
    expect(stderr).toBe('profile written to profile.html\n')
    const page = readFileSync(join(folder.path, 'profile.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>/i)
    expect(page).not.toMatch(/(src|href)="https?:/)
  })
})

describe('inspect', () => {
  it('shows what a bundle takes and gives', async () => {
    const found = await json('inspect', 'bundle')
    expect(Object.keys(found)).toEqual(['manifest', 'graph'])
    expect(found['manifest']).toMatchObject({ task: 'binary', target: 'buys', classes: ['No', 'Yes'] })
    const text = await paper('inspect', 'bundle')
    expect(text).toMatch(/member +boolean +no \/ yes/)
    expect(text).toMatch(/gives prediction and probabilities of No, Yes; Yes from 0\.\d+/)
  })
})

describe('doctor', () => {
  it('tells what is here', async () => {
    const found = await json('doctor')
    expect(Object.keys(found)).toEqual(['version', 'parts', 'note'])
    const text = await paper('doctor')
    expect(text).toMatch(/^modelwright \d+\.\d+\.\d+\n/)
    for (const part of ['Node', 'threads', 'ONNX Runtime', 'DuckDB', 'Vega']) expect(text).toContain(part)
    expect(text).toContain('in use')
  })
})

describe('help', () => {
  const reading = ['header', 'no-header', 'encoding']
  const documented: Record<string, string[]> = {
    train: [
      'target',
      'task',
      'metric',
      'time',
      'seed',
      'out',
      'drop',
      'keep',
      'test',
      'test-file',
      'group',
      'time-column',
      'prefer',
      'sql',
      ...reading,
      'recipe',
      'threads',
      'json',
      'track',
      'no-track',
      'no-test-rows',
      'experiment',
      'run-name',
      'debug',
    ],
    predict: ['out', 'keep-columns', 'interval', 'sql', ...reading, 'engine', 'json', 'debug'],
    evaluate: ['sql', ...reading, 'engine', 'json', 'debug'],
    profile: ['target', 'html', 'sql', ...reading, 'json', 'debug'],
    inspect: ['json', 'debug'],
    doctor: ['json', 'debug'],
  }

  it.each(Object.entries(documented))('of %s names its options', async (command, options) => {
    const { stdout } = expectDone(await cli([command, '--help']))
    const named = [...stdout.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map((match) => match[1]!)
    expect(named.filter((name) => name !== 'help').sort()).toEqual(options.toSorted())
    expectPlain(stdout)
  })

  it('of the whole names the commands, and --version the version', async () => {
    const { stdout } = expectDone(await cli(['--help']))
    for (const command of Object.keys(documented)) expect(stdout).toMatch(new RegExp(`^  ${command}`, 'm'))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(expectDone(await cli(['--version'])).stdout).toBe(`${version}\n`)
  })

  it('is shown with status 2 when nothing was asked', async () => {
    const { code, stderr } = await cli([])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Usage: modelwright/)
  })
})

describe('wrong usage', () => {
  it.each([
    [['predict'], /missing required argument 'bundle'/],
    [['predict', 'bundle'], /give the rows to predict/],
    [['evaluate', 'bundle'], /give rows with a known target/],
    [['profile'], /give a source/],
    [['inspect'], /missing required argument 'bundle'/],
    [['train', 'a.csv', 'b.csv'], /too many arguments/],
    [['predict', 'bundle', source, '-o', 'out.xlsx'], /ends in \.csv, \.tsv, \.jsonl or \.parquet/],
    [['predict', 'bundle', source, '--engine', 'gpu'], /engine.*(auto|native)/],
    [['profile', source, '--target', 'buy'], /There is no column 'buy'/],
  ])('%j ends with status 2', async (args, sentence) => expectRefused(await cli(args, here), 2, sentence))

  it('shows where an error happened with --debug only', async () => {
    const { code, stderr } = await cli(['profile', 'nothing.csv', '--debug'], here)
    expect(code).toBe(3)
    expect(stderr).toMatch(/There is no file 'nothing\.csv'.*\n[\s\S]*\n +at /)
  })
})
