import { expect, test } from 'vitest'
import { onBothStores } from '../../../../test/support/stores.js'
import { UsageError } from '../../../base/index.js'
import type { Store } from '../store.js'
import type { ModelSearch, VersionSearch } from './model-search.js'

async function filled(store: Store): Promise<void> {
  for (const [name, tags] of [
    ['Churn', { team: 'blue' }],
    ['churn-eu', { team: 'blue', region: 'EU' }],
    ["it's 100%_done", {}],
    ['prices', { team: 'red' }],
    ['prompt', { 'mlflow.prompt.is_prompt': 'true' }],
  ] as const)
    await store.models.create({ name, tags })
  for (let i = 0; i < 3; i++) {
    const given = { source: `s3://bucket/${i}`, runId: `run${i}`, tags: { n: String(i) } }
    await store.models.createVersion('prices', given)
  }
  await store.models.createVersion('Churn', { source: 's3://bucket/x' })
  await store.models.deleteVersion('prices', 2)
}

onBothStores('searching the registry', (home) => {
  async function searching() {
    let at = 0
    const store = await home.open(() => ++at)
    await filled(store)
    const names = async (search: ModelSearch) =>
      (await store.models.search(search)).models.map(({ name }) => name)
    const versions = async (search: VersionSearch) =>
      (await store.models.searchVersions(search)).versions.map(({ name, version }) => `${name}/${version}`)
    return { store, names, versions }
  }

  test('models by name and tags, in MLflow’s grammar', async () => {
    const { names } = await searching()
    const all = ['Churn', 'churn-eu', "it's 100%_done", 'prices']
    for (const [filter, expected] of [
      ['', all],
      ["name = 'Churn'", ['Churn']],
      ["name != 'Churn'", all.slice(1)],
      ["name LIKE 'churn%'", ['churn-eu']],
      ["name ILIKE 'churn%'", ['Churn', 'churn-eu']],
      ["name like '%\"; drop table runs --%'", []],
      ["name = 'it''s 100%_done'", ["it's 100%_done"]],
      ["tags.team = 'blue' AND tag.region = 'EU'", ['churn-eu']],
      ["tags.team != 'blue'", ['prices']],
      ["tags.`mlflow.prompt.is_prompt` = 'true'", ['prompt']],
      ["tags.`mlflow.prompt.is_prompt` != 'true' and name = 'prices'", ['prices']],
    ] as const)
      expect([filter, await names({ filter })]).toEqual([filter, expected])
    expect(await names({ orderBy: ['last_updated_timestamp DESC'] })).toEqual([
      'prices',
      'Churn',
      "it's 100%_done",
      'churn-eu',
    ])
    expect(await names({ orderBy: ['name desc'], maxResults: 1 })).toEqual(['prices'])
  })

  test('versions by what they came from, without deleted ones', async () => {
    const { versions } = await searching()
    for (const [filter, expected] of [
      ['', ['Churn/1', 'prices/3', 'prices/1']],
      ["name = 'prices'", ['prices/3', 'prices/1']],
      ['version_number > 1', ['prices/3']],
      ["run_id = 'run0'", ['prices/1']],
      ["run_id IN ('run0', 'run2', 'run1')", ['prices/3', 'prices/1']],
      ["source_path LIKE 's3://bucket/%' and tags.n = '2'", ['prices/3']],
    ] as const)
      expect([filter, await versions({ filter })]).toEqual([filter, expected])
    expect(await versions({ orderBy: ['name DESC', 'version_number ASC'] })).toEqual([
      'prices/1',
      'prices/3',
      'Churn/1',
    ])
  })

  test('page by page, each thing once though others come in between', async () => {
    const { store } = await searching()
    const seen: string[] = []
    let token: string | undefined
    do {
      const page = await store.models.search({ maxResults: 1, orderBy: ['name DESC'], pageToken: token })
      seen.push(...page.models.map(({ name }) => name))
      token = page.nextPageToken
      await store.models.create({ name: `zz${seen.length}` })
    } while (token !== undefined)
    expect(seen).toEqual(['prices', "it's 100%_done", 'churn-eu', 'Churn'])
  })

  test('what cannot be read is refused', async () => {
    const { names, versions } = await searching()
    for (const search of [
      { filter: "nope = 'x'" },
      { filter: "name = 'a' OR name = 'b'" },
      { filter: 'name = 5' },
      { filter: "metrics.rmse = '1'" },
      { filter: "name = 'a' AND" },
      { orderBy: ['tags.x'] },
      { orderBy: ['name', 'name DESC'] },
      { maxResults: 0 },
      { maxResults: 1001 },
      { pageToken: 'nonsense' },
    ])
      await expect(names(search), JSON.stringify(search)).rejects.toSatisfy(UsageError.is)
    await expect(versions({ filter: "version_number = 'x'" })).rejects.toSatisfy(UsageError.is)
    await expect(versions({ maxResults: 200_001 })).rejects.toSatisfy(UsageError.is)
  })
})
