// `modelwright train`: what comes out, and every option.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, enoughTime, expectDone, expectPlain, expectRefused, scratch } from '../support/cli.js'
import { buyers, csv, people, person, personHeader, scatter, spenders } from '../support/small-tables.js'

const folder = scratch()
const source = folder.file('buyers.csv', buyers())

interface Document {
  readonly [key: string]: unknown
  readonly model: string
  readonly scores: Record<string, number>
  readonly leaderboard: readonly Record<string, unknown>[]
  readonly warnings: readonly { code: string; column: string | null; message: string }[]
}

async function train(...args: string[]): Promise<Document> {
  const { stdout } = expectDone(
    await cli(['train', ...args, '--json', '--time', enoughTime], { cwd: folder.path }),
  )
  return JSON.parse(stdout) as Document
}

const manifest = (bundle: string): Record<string, never> =>
  JSON.parse(readFileSync(join(folder.path, bundle, 'manifest.json'), 'utf8')) as Record<string, never>

const onnx = (bundle: string): Buffer => readFileSync(join(folder.path, bundle, 'model.onnx'))

const codes = (document: Document): string[] => document.warnings.map(({ code }) => code)

describe('train', () => {
  it('prints one document with the documented keys, and writes a bundle', async () => {
    const document = await train(source, '--target', 'buys', '--out', 'first')
    expect(Object.keys(document)).toEqual([
      'task',
      'target',
      'metric',
      'rows',
      'columns',
      'seed',
      'seconds',
      'bundle',
      'report',
      'runId',
      'model',
      'betterChoice',
      'scores',
      'intervals',
      'baseline',
      'leaderboard',
      'warnings',
    ])
    expect(document).toMatchObject({
      task: 'binary',
      target: 'buys',
      metric: 'roc-auc',
      rows: 160,
      columns: 5,
      seed: 0,
    })
    expect(document['bundle']).toBe(join(folder.path, 'first'))
    expect(document['report']).toBe(join(folder.path, 'first', 'report.html'))
    for (const metric of ['roc-auc', 'accuracy', 'log-loss', 'brier']) {
      const [low, high] = (document['intervals'] as Record<string, [number, number]>)[metric]!
      expect(document.scores[metric]).toBeGreaterThanOrEqual(low)
      expect(document.scores[metric]).toBeLessThanOrEqual(high)
      expect(document['baseline']).toHaveProperty([metric])
    }
    expect(document.leaderboard[0]).toMatchObject({ name: 'constant', kind: 'constant' })
    for (const entry of document.leaderboard)
      expect(Object.keys(entry)).toEqual(['name', 'kind', 'score', 'fitSeconds', 'predictSecondsPer1000'])
    expect(document.leaderboard.map(({ name }) => name)).toContain(document.model)
    for (const warning of document.warnings)
      expect(Object.keys(warning)).toEqual(['code', 'column', 'message'])
    expect(readdirSync(join(folder.path, 'first')).sort()).toEqual(
      ['MLmodel', 'manifest.json', 'model.onnx', 'report.html', 'sample.json'].sort(),
    )
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('replays a recipe to the same bytes, also from another place', async () => {
    await train('--recipe', 'first', '--out', 'second')
    expect(onnx('second').equals(onnx('first'))).toBe(true)
    expect(manifest('second')['recipe']).toEqual(manifest('first')['recipe'])
    const copy = folder.file('moved.csv', buyers())
    await train(copy, '--recipe', 'second', '--out', 'third')
    expect(onnx('third').equals(onnx('first'))).toBe(true)
  })

  it('refuses flags that say other than the recipe', async () => {
    const flags = ['--target', 'age', '--metric', 'mae', '--seed', '0', '--threads', '1']
    expectRefused(
      await cli(['train', source, '--recipe', 'first', ...flags, '--out', 'never'], { cwd: folder.path }),
      2,
      /--target, --metric: the recipe of 'first' says otherwise/,
    )
    expect(existsSync(join(folder.path, 'never'))).toBe(false)
  })

  it('says when a recipe is replayed on other data', async () => {
    const other = folder.file('other.csv', buyers(150))
    expect(codes(await train(other, '--recipe', 'first', '--out', 'fourth'))).toContain('data-changed')
  })

  it('writes plain text where nobody sees it drawn, and the folder is named by the source', async () => {
    const { stdout, stderr } = expectDone(
      await cli(['train', 'buyers.csv', '--target', 'buys', '--time', '8s'], { cwd: folder.path }),
    )
    expectPlain(stdout + stderr)
    expect(stdout).toMatch(/^buys: binary, 160 rows, 5 columns, judged by roc-auc\n/)
    expect(stdout).toMatch(/model +roc-auc \(validation\)/)
    expect(stdout).toContain('← kept')
    expect(stdout).toContain('modelwright predict buyers-model <source>')
    expect(existsSync(join(folder.path, 'buyers-model', 'report.html'))).toBe(true)
  })

  it('gives the same bytes for the same seed, whatever the threads', async () => {
    const args = ['--recipe', 'first', '--threads', '1', '--out', 'one-thread']
    await train(...args)
    expect(onnx('one-thread').equals(onnx('first'))).toBe(true)
  })

  it('learns numbers, by another metric and seed, without some columns', async () => {
    const spent = folder.file('spent.csv', spenders())
    const document = await train(
      spent,
      '--target',
      'spent',
      '--metric',
      'mae',
      '--seed',
      '7',
      '--drop',
      'joined,city',
      '--out',
      'numbers',
    )
    expect(document).toMatchObject({ task: 'regression', metric: 'mae', seed: 7 })
    expect(document.scores['mae']).toBeLessThan((document['baseline'] as Record<string, number>)['mae']!)
    const { signature } = manifest('numbers') as unknown as { signature: { inputs: { name: string }[] } }
    expect(signature.inputs.map(({ name }) => name)).toEqual(['age', 'member'])
  })

  it('takes whole numbers as classes or as a quantity, as asked', async () => {
    const grades = folder.file(
      'grades.csv',
      people(160, (i) => 1 + Math.floor(scatter(i, 50) / 17), 'grade'),
    )
    const guessed = await train(grades, '--target', 'grade', '--out', 'grades')
    expect(guessed).toMatchObject({ task: 'multiclass', metric: 'log-loss' })
    expect(codes(guessed)).toContain('task-guessed')
    const asked = await train(grades, '--target', 'grade', '--task', 'regression', '--out', 'grades-numbers')
    expect(asked).toMatchObject({ task: 'regression', metric: 'rmse' })
  })

  it('reads a query, and judges on the share asked for', async () => {
    const document = await train(
      '--sql',
      `select * from '${source}' where age < 60`,
      '--target',
      'buys',
      '--test',
      '0.5',
      '--out',
      'query',
    )
    expect(document['rows']).toBeLessThan(160)
    expect(manifest('query')).toMatchObject({ recipe: { settings: { test: 0.5 } } })
  })

  it('reads standard input', async () => {
    const { stdout } = expectDone(
      await cli(['train', '-', '--target', 'buys', '--time', '8s', '--json'], {
        cwd: folder.path,
        stdin: buyers(),
      }),
    )
    expect(JSON.parse(stdout)).toMatchObject({ rows: 160, bundle: join(folder.path, 'modelwright-model') })
  })

  it('keeps groups whole, and does not learn from the group itself', async () => {
    const groups = folder.file(
      'groups.csv',
      csv(
        [...personHeader, 'household', 'buys'],
        Array.from({ length: 160 }, (_, i) => [
          ...person(i),
          `h${i >> 2}`,
          scatter(i, 50) > 25 ? 'Yes' : 'No',
        ]),
      ),
    )
    await train(groups, '--target', 'buys', '--group', 'household', '--out', 'groups')
    const { signature } = manifest('groups') as unknown as { signature: { inputs: { name: string }[] } }
    expect(signature.inputs.map(({ name }) => name)).not.toContain('household')
  })

  it('judges on the latest rows', async () => {
    const document = await train(source, '--target', 'buys', '--time-column', 'joined', '--out', 'time')
    expect(document['rows']).toBe(160)
    const report = readFileSync(join(folder.path, 'time', 'report.html'), 'utf8')
    expect(report).toContain('the latest 20 % by joined')
  })

  it('judges on a file of its own, and says which rows it shares', async () => {
    const test = folder.file('test.csv', buyers(40))
    const document = await train(source, '--target', 'buys', '--test-file', test, '--out', 'test-file')
    expect(document['rows']).toBe(160)
    const shared = document.warnings.find(({ code }) => code === 'shared-rows')
    expect(shared?.message).toMatch(/40 rows of the test part \(100 %\).* take them out of one of the two/)
    const both = ['train', source, '--target', 'buys', '--test-file', test, '--test', '0.2']
    expectRefused(await cli(both, { cwd: folder.path }), 2, /--test: rows of --test-file are judged on/)
  })

  it('warns of the same in the document, on the screen and in the report', async () => {
    const doubled = folder.file('doubled.csv', buyers() + buyers().split('\n').slice(1, 40).join('\n'))
    const document = await train(doubled, '--target', 'buys', '--out', 'doubled')
    expect(codes(document)).toContain('duplicate-rows')
    const report = readFileSync(join(folder.path, 'doubled', 'report.html'), 'utf8')
    expect(report.match(/class="chip (warning|serious)"/g)).toHaveLength(document.warnings.length)
    const { stdout } = expectDone(
      await cli(['train', '--recipe', 'doubled', '--out', 'again'], { cwd: folder.path }),
    )
    expect(stdout).toMatch(/! 39 rows equal an earlier one/)
  })

  it('prefers the simplest that is as good, when asked', async () => {
    const document = await train(source, '--target', 'buys', '--prefer', 'simple', '--out', 'simple')
    expect(document.model).toBe(document['betterChoice'])
  })

  it('names what there was no time for, and still gives a model', async () => {
    const telco = join('examples', 'data', 'telco-churn.csv')
    const out = join(folder.path, 'late')
    const result = await cli(['train', telco, '--target', 'Churn', '--time', '5s', '--json', '--out', out])
    // A machine so busy that it cannot read the file in five seconds has no model, and says so.
    if (result.code === 4) return expectRefused(result, 4, /time of 5 s ended before any model/)
    const document = JSON.parse(expectDone(result).stdout) as Document
    expect(document['rows']).toBe(7043)
    expect(document.leaderboard[0]).toMatchObject({ name: 'constant' })
    expect(document.warnings.find(({ code }) => code === 'time-ended')?.message).toMatch(/boosting-random/)
  })

  it('ends with status 4 when no model was found in time', async () => {
    expectRefused(
      await cli(['train', source, '--target', 'buys', '--time', '10ms', '--out', join(folder.path, 'none')]),
      4,
      /time of 0\.01 s ended before any model/,
    )
    expect(existsSync(join(folder.path, 'none'))).toBe(false)
  })
})
