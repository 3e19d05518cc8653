// The registry through the program, as a shell uses it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houses, smallBundle } from '../support/bundles.js'
import { cli, expectDone, expectPlain, expectRefused, scratch } from '../support/cli.js'
import { nodeProgram } from '../support/node-program.js'
import { csv } from '../support/small-tables.js'

const folder = scratch()
const here = {
  cwd: folder.path,
  env: { MODELWRIGHT_USER: 'ada', MODELWRIGHT_STORE: '', MODELWRIGHT_ARTIFACTS: '' },
}
await smallBundle(folder.path, 'good')
await smallBundle(folder.path, 'bad', { alpha: 1e6 })
await smallBundle(folder.path, 'narrow', { columns: ['size'] })
folder.file(
  'holdout.csv',
  csv(
    ['size', 'city', 'price'],
    houses(150, 1000).map(({ size, city, price }) => [size, city, price]),
  ),
)

/** A registry of its own for each test. */
let stores = 0
function registry() {
  const place = ['--store', `store-${++stores}.db`, '--artifacts', `artifacts-${stores}`]
  const models = (...args: string[]) => cli(['models', args[0]!, ...place, ...args.slice(1)], here)
  return {
    place,
    models,
    async text(...args: string[]): Promise<string> {
      const { stdout, stderr } = expectDone(await models(...args))
      expectPlain(stdout + stderr)
      expect(stderr).toBe('')
      return stdout
    },
    async json(...args: string[]): Promise<Record<string, never>> {
      const { stdout, stderr } = expectDone(await models(...args, '--json'))
      expect(stderr).toBe('')
      return JSON.parse(stdout) as Record<string, never>
    },
  }
}

describe('modelwright models', () => {
  it('registers, promotes through the gate, rolls back, and keeps the record', async () => {
    const { models, text, json } = registry()
    expectRefused(await models('list'), 3, /There is no store at 'store-\d+\.db'/)
    expect(
      await text('register', 'houses', 'bad', '--tag', 'team=blue', '--description', 'a first try'),
    ).toBe('bad is houses/1 now\n')
    expect(await text('register', 'houses', 'good', '--alias', 'challenger')).toBe(
      'good is houses/2 now as challenger\n',
    )
    expect(await text('promote', 'houses/1')).toBe(
      "Version 1 of model 'houses' may become 'champion', the first of its kind.\nhouses@champion is version 1 now\n",
    )
    expect(await text('promote', 'houses@challenger', '--data', 'holdout.csv')).toMatch(
      /^✓ Whoever calls the one can call the other, .+\n✓ rmse of the challenger is [\d.]+, of the champion [\d.]+: a gain of \+[\d.]+, between \+[\d.]+ and \+[\d.]+ at 95 %; all of it lies above 0\.\non 150 rows of holdout\.csv\nhouses@champion is version 2 now\n$/,
    )
    expectRefused(
      await models('promote', 'houses/1', '--data', 'holdout.csv'),
      3,
      /^modelwright: Version 1 of model 'houses' may not become 'champion'\. rmse .+ expected above 0\.\n$/,
    )
    const refused = await models('promote', 'houses/1', '--data', 'holdout.csv', '--json')
    expect([refused.code, refused.stderr]).toEqual([3, ''])
    expect(JSON.parse(refused.stdout)).toMatchObject({
      promoted: false,
      verdict: { passed: false, champion: 2 },
    })
    const checked = await models('promote', 'houses/1', '--data', 'holdout.csv', '--check')
    expect([checked.code, checked.stderr]).toEqual([3, ''])
    expect(await text('rollback', 'houses', '--note', 'errors in service')).toBe(
      'houses@champion is version 1 again\n',
    )
    expect(await json('promote', 'houses/2', '--data', 'holdout.csv', '--min-gain', '1')).toMatchObject({
      promoted: true,
      forced: false,
    })
    expect(await text('list')).toMatch(
      /^model +newest +aliases +updated +description\nhouses +2 +challenger → 2, champion → 2 +\d{4}-\d\d-\d\d \d\d:\d\dZ\n$/,
    )
    const shown = await text('show', 'houses')
    expect(shown).toMatch(/^houses, 2 versions\n\nversion +aliases +model +score in training +created/)
    expect(shown).toMatch(/\n +2 +challenger, champion +linear +rmse 0\.0100 /)
    expect(await text('show', 'houses@champion')).toMatch(
      /^houses\/2, challenger, champion\nregistered .+ by ada from good\n\nregression, predicts price\nreads size \(number\), city \(string\)\n/,
    )
    const history = await text('history', 'houses', '--limit', '4')
    expect(history).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\dZ {2}promoted by ada\n {2}champion: version 1 → version 2\n/,
    )
    expect(history).toMatch(/rolled-back by ada\n {2}champion: version 2 → version 1; “errors in service”\n/)
    expect(((await json('history', 'houses'))['events'] as unknown as object[]).length).toBe(10)
  }, 60_000)

  it('promotes by force with a note only, and by rules in a file', async () => {
    const { models, text } = registry()
    for (const bundle of ['good', 'bad']) await text('register', 'm', bundle)
    await text('alias', 'm', 'champion', '1')
    expectRefused(
      await models('promote', 'm/2', '--force', '--data', 'holdout.csv'),
      2,
      /needs words that say why, for the record: note \(--note\)\./,
    )
    folder.file('rules.json', '{"mustBeat": false, "reach": 1}')
    expectRefused(
      await models('promote', 'm/2', '--gate', 'rules.json', '--data', 'holdout.csv'),
      3,
      /expected at most 1\./,
    )
    folder.file('broken.json', '[1]')
    expectRefused(
      await models('promote', 'm/2', '--gate', 'broken.json'),
      3,
      /Cannot read 'broken\.json' as the rules of a gate/,
    )
    folder.file('slip.json', '{"mustBeet": true}')
    expectRefused(await models('promote', 'm/2', '--gate', 'slip.json'), 2, /mustBeet.+mustBeat/)
    expectRefused(
      await models('promote', 'm/2', '--gate', 'nowhere.json'),
      3,
      /no readable file 'nowhere\.json'/,
    )
    expect(
      await text('promote', 'm/2', '--force', '--note', 'the other leaks', '--data', 'holdout.csv'),
    ).toMatch(/✗ rmse .+\nm@champion is version 2 now, by force\n$/s)
    expect(await text('approve', 'm/1', '--note', 'fine')).toBe('m/1 is approved by ada\n')
    await text('promote', 'm/1', '--approvals', '1', '--data', 'holdout.csv', '--slices', 'city,size')
  }, 60_000)

  it('compares, tags, downloads and deletes', async () => {
    const { models, text } = registry()
    for (const bundle of ['good', 'narrow']) await text('register', 'm', bundle)
    const diff = await text('diff', 'm/2', 'm/1')
    expect(diff).toMatch(
      /^m\/2 → m\/1\nCallers of the one must be changed before they can call the other\.\nbreaking: Column 'city' \(string\) must be given now; it was not asked for before\.\n\nmetric in training +m\/2 +m\/1\nrmse +0\.0100 +0\.0100\n$/,
    )
    expect(await text('tag', 'm/1', 'reviewed=yes', 'by=ada=x')).toBe('m/1: reviewed=yes, by=ada=x\n')
    expect(await text('download', 'm/1', 'back')).toBe('m/1 is in back\n')
    expect(readFileSync(join(folder.path, 'back/model.onnx'))).toEqual(
      readFileSync(join(folder.path, 'good/model.onnx')),
    )
    expectRefused(await models('download', 'm/1', 'back'), 2, /'back' holds other files/)
    await text('alias', 'm', 'champion', '1')
    expectRefused(await models('delete', 'm@champion'), 2, /is an alias, which may move/)
    expectRefused(await models('delete', 'm'), 2, /Give --yes to delete it/)
    expect(await text('alias', 'm', 'champion', '--delete')).toBe('m has no champion any more\n')
    expect(await text('delete', 'm/1')).toBe('m/1 is deleted\n')
    expect(await text('register', 'm', 'good')).toBe('good is m/3 now\n')
    expect(await text('delete', 'm', '--yes')).toBe('m is deleted\n')
    expect(await text('history', 'm', '--limit', '1')).toMatch(/model-deleted/)
  }, 60_000)

  it('says that artifacts of S3 are away, and nothing else', async () => {
    const env = {
      ...here.env,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_REGION: 'us-east-1',
    }
    const place = ['--store', 'away.db', '--artifacts', 's3://away/x']
    const away = await cli(['models', 'register', 'm', 'good', ...place], { ...here, env })
    expectRefused(away, away.code ?? 0, /^modelwright: The artifact store does not answer/)
    expect(away.code).toBeGreaterThan(0)
  })

  it('refuses what it cannot do with a sentence', async () => {
    const { models } = registry()
    for (const [args, code, sentence] of [
      [['register', 'a/b', 'good'], 2, /A model cannot be called 'a\/b'/],
      [['register', 'm', 'good', '--alias', 'latest'], 2, /'latest' cannot be an alias/],
      [['show', 'm/x'], 2, /Cannot read 'm\/x' as a model/],
      [['alias', 'm', 'champion', 'one'], 2, /version: expected a number; received 'one'/],
    ] as const)
      expectRefused(await models(...args), code, sentence)
    expect((await cli(['models', 'sow', 'm'], here)).code).toBe(2)
    expect(existsSync(join(folder.path, '.modelwright'))).toBe(false)
  }, 60_000)

  it('lets one of several processes win that promote at once', async () => {
    const { text, place } = registry()
    for (const bundle of ['bad', 'good', 'good']) await text('register', 'm', bundle)
    await text('alias', 'm', 'champion', '1')
    const code = (version: number) => `
      import { openStore } from 'dist:operate/store/index.js'
      import { openArtifacts } from 'dist:operate/artifacts/index.js'
      import { openRegistry } from 'dist:operate/registry/index.js'
      const store = await openStore('${join(folder.path, place[1]!)}')
      const artifacts = await openArtifacts({ url: '${join(folder.path, place[3]!)}', store })
      const registry = await openRegistry({ store, artifacts })
      const won = await registry.promote('m', { version: ${version}, data: '${join(folder.path, 'holdout.csv')}' }).then(() => true, (error) => error.code)
      console.log(JSON.stringify(won))
      await store.close()`
    const answers = await Promise.all([2, 3].map((version) => nodeProgram(code(version)).ended))
    // Whoever came second was told: the champion had moved, or was as good.
    expect(answers.map((answer) => JSON.parse(answer) as unknown)).toEqual(
      expect.arrayContaining(['conflict', true]),
    )
  }, 60_000)
})
