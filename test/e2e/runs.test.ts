// The command line about runs: training that logs itself, and what is done with runs afterwards.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/operate/store/index.js'
import { cli, type CliOptions, enoughTime, expectDone, expectRefused, scratch } from '../support/cli.js'

const { path: root } = scratch()
let places = 0

/** A working directory of its own, with a file to learn from. */
function workplace(): string {
  const folder = join(root, `work-${places++}`)
  mkdirSync(folder)
  const rows = Array.from(
    { length: 120 },
    (_, i) => `${30 + (i % 60)},${['Oslo', 'Bern'][i % 2]},${400 + 9 * (i % 60) + 300 * (i % 2)}`,
  )
  writeFileSync(join(folder, 'flats.csv'), ['size,city,rent', ...rows].join('\n'))
  return folder
}

const train = ['train', 'flats.csv', '--target', 'rent', '--time', enoughTime]
const json = async (args: readonly string[], options: CliOptions) =>
  JSON.parse(expectDone(await cli([...args, '--json'], options)).stdout) as never

// Nothing of the machine that runs the tests may decide where runs go.
const env = { MODELWRIGHT_STORE: '', MODELWRIGHT_ARTIFACTS: join(root, 'artifacts'), MODELWRIGHT_TOKEN: '' }

test('a plain training leaves nothing but its bundle; one where runs are kept logs itself', async () => {
  const cwd = workplace()
  // Who looks for runs leaves nothing behind either: the next training would log itself.
  for (const args of [['runs'], ['experiments'], ['runs', 'export', 'mlruns'], ['models', 'list']])
    expectRefused(await cli(args, { cwd, env }), 3, /There is no store at '\.modelwright\/store\.db'/)
  const plain = await cli(train, { cwd, env })
  expectDone(plain)
  expect(readdirSync(cwd).toSorted()).toEqual(['flats-model', 'flats.csv'])
  expect(plain.stdout).not.toMatch(/^run /m)
  mkdirSync(join(cwd, '.modelwright'))
  const logged = await cli(train, { cwd, env })
  const runId = /^run {5}([0-9a-f]{32})$/m.exec(expectDone(logged).stdout)?.[1]
  expect(runId).toBeDefined()
  const none = expectDone(await cli([...train, '--no-track'], { cwd, env }))
  expect(none.stdout).not.toMatch(/^run /m)
  const runs = await json(['runs'], { cwd, env })
  expect(runs).toMatchObject([{ runId, status: 'FINISHED', params: { target: 'rent' } }])
}, 120_000)

describe('runs that were logged', () => {
  const cwd = workplace()
  const options = { cwd, env }
  const store = ['--store', 'runs.db']
  const text = async (...args: string[]): Promise<string> =>
    expectDone(await cli([...args, ...store], options)).stdout
  const document = (...args: string[]) => json([...args, ...store], options)

  beforeAll(async () => {
    for (const seed of ['1', '2']) {
      const named = ['--run-name', `seed ${seed}`, '--experiment', 'flats', '--seed', seed]
      expectDone(await cli([...train, '--track', 'runs.db', ...named], options))
    }
  }, 120_000)

  test('are listed, filtered, shown, compared', async () => {
    const list = await text('runs')
    expect(list).toMatch(/^run +name +status/)
    expect(
      list
        .split('\n')
        .slice(1, 3)
        .map((line) => /seed \d/.exec(line)?.[0]),
    ).toEqual(['seed 2', 'seed 1'])
    const filter = ['--filter', "params.seed = '1' and metrics.test_rmse < 1e9"]
    const [run] = (await document('runs', 'list', ...filter)) as readonly [{ readonly runId: string }]
    expect(run).toMatchObject({ name: 'seed 1', params: { target: 'rent' } })
    const columns = ['--columns', 'params.seed,metrics.rows,tags.modelwright.task']
    const sorted = await text('runs', '--sort', 'params.seed ASC', '--experiment', 'flats', ...columns)
    expect(sorted).toMatch(/seed 1 .* 1 +120 +regression\n.*seed 2 /)
    const shown = await text('runs', 'show', run.runId.slice(0, 8))
    expect(shown).toMatch(/test_rmse/)
    expect(shown).toMatch(/model\/model\.onnx +\d/)
    const compared = await text('runs', 'compare', 'seed 1', 'seed 2')
    expect(compared).toMatch(/params\.seed +1 +2/)
    expect(compared).not.toMatch(/params\.target/)
    expectRefused(
      await cli(['runs', '--columns', 'seed', ...store], options),
      2,
      /--columns: expected names such as/,
    )
    expectRefused(await cli(['runs', 'show', 'nothing', ...store], options), 3, /There is no run 'nothing'/)
  }, 120_000)

  test('can be noted, tagged, deleted and restored', async () => {
    await text('runs', 'note', 'seed 1', '# why')
    expect(await text('runs', 'note', 'seed 1')).toBe('# why\n')
    await text('runs', 'tag', 'seed 1', 'team=blue', 'empty=')
    expect(await document('runs', 'tag', 'seed 1', '--delete', 'empty')).toMatchObject({
      tags: { team: 'blue' },
    })
    expectRefused(await cli(['runs', 'tag', 'seed 1', 'team', ...store], options), 2, /expected key=value/)
    await text('runs', 'delete', 'seed 2')
    expect(await document('runs')).toMatchObject([{ name: 'seed 1' }])
    expect(await document('runs', '--deleted')).toMatchObject([{ name: 'seed 2' }])
    await text('runs', 'restore', 'seed 2')
  }, 120_000)

  test('give their files, and go to and come from folders of MLflow', async () => {
    await text('runs', 'download', 'seed 1', 'model', '--out', 'got')
    expect(readdirSync(join(cwd, 'got', 'model'))).toContain('model.onnx')
    await text('runs', 'download', 'seed 1', 'report.html', '--out', 'got')
    expect(existsSync(join(cwd, 'got', 'report.html'))).toBe(true)
    expectRefused(await cli(['runs', 'download', 'seed 1', '../x', ...store], options), 2, /leads elsewhere/)
    expectRefused(
      await cli(['runs', 'download', 'seed 1', 'nothing', ...store], options),
      3,
      /has no artifact/,
    )
    await text('runs', 'export', 'mlruns')
    expect(readFileSync(join(cwd, 'mlruns', '0', 'meta.yaml'), 'utf8')).toMatch(/name: Default/)
    const imported = await cli(['runs', 'import', 'mlruns', '--store', 'other.db'], options)
    expect(expectDone(imported).stdout).toMatch(/^2 runs of 2 experiments came in/)
    expect(expectDone(await cli(['experiments', '--store', 'other.db'], options)).stdout).toMatch(/flats/)
  }, 120_000)

  test('can be run again', async () => {
    const again = await text('rerun', 'seed 1')
    expect(again).toContain('Code, versions and machine are as they were.')
    expect(again).toContain('The data are the same.')
    expect(again).toContain('The model is the same, byte by byte.')
    renameSync(join(cwd, 'flats.csv'), join(cwd, 'moved.csv'))
    expectRefused(await cli(['rerun', 'seed 1', '--json', ...store], options), 3, /no longer at 'flats\.csv'/)
  }, 120_000)
})

/** Resolves once a store has a run, however long a busy machine takes. */
async function begun(path: string): Promise<void> {
  while (!existsSync(path)) await setTimeout(20)
  await using store = await openStore(path)
  while ((await store.runs.search({})).runs.length === 0) await setTimeout(20)
}

test('Ctrl-C leaves a run that is KILLED', async () => {
  const cwd = workplace()
  const args = ['train', 'flats.csv', '--target', 'rent', '--time', '60s', '--track', 'runs.db']
  const stopped = await cli(args, {
    cwd,
    env,
    during: (child) => {
      void begun(join(cwd, 'runs.db')).then(() => child.kill('SIGINT'))
    },
  })
  expect(stopped.code).toBe(130)
  expect(await json(['runs', '--store', 'runs.db'], { cwd, env })).toMatchObject([{ status: 'KILLED' }])
}, 120_000)

test('a store that cannot be used stops what was asked for, and only warns where it is merely set up', async () => {
  const cwd = workplace()
  writeFileSync(join(cwd, 'broken.db'), 'this is no database at all, it is a text that is long enough')
  expectRefused(
    await cli([...train, '--track', 'broken.db'], { cwd, env }),
    3,
    /broken\.db.* is no SQLite database/,
  )
  expect(existsSync(join(cwd, 'flats-model'))).toBe(false)
  const warned = await cli(train, { cwd, env: { ...env, MODELWRIGHT_STORE: 'broken.db' } })
  expect(expectDone(warned).stderr).toMatch(/modelwright: No run is logged: .*broken\.db/)
  expect(existsSync(join(cwd, 'flats-model'))).toBe(true)
}, 120_000)
