// MLflow's calls about registered models.
import type { Models } from '../../../operate/store/index.js'
import { modelVersionBody, registeredModelBody } from './bodies.js'
import { call, type Call } from './call.js'
import {
  checkAliasName,
  checkName,
  checkNewAlias,
  checkStage,
  checkTagKey,
  checkTagPairs,
  checkVersion,
} from './rules.js'
import { modelStages } from '../../../operate/store/index.js'

const base = 'registered-models'

export function modelCalls(models: Models): readonly Call[] {
  return [...wholeModels(models), ...tagsAndAliases(models)]
}

function wholeModels(models: Models): readonly Call[] {
  const answer = async (model: Promise<Parameters<typeof registeredModelBody>[0]>) => ({
    registered_model: registeredModelBody(await model),
  })
  return [
    call(
      'POST',
      `${base}/create`,
      { 'name!': 'string', tags: 'pairs', description: 'string' },
      (given, userId) =>
        answer(
          models.create({
            name: checkName(given.name),
            tags: checkTagPairs(given.tags ?? {}),
            description: given.description,
            userId,
          }),
        ),
    ),
    call('POST', `${base}/rename`, { 'name!': 'string', 'new_name!': 'string' }, (given, userId) =>
      answer(models.rename(checkName(given.name), checkName(given.new_name, 'new_name'), userId)),
    ),
    call('PATCH', `${base}/update`, { 'name!': 'string', description: 'string' }, (given) =>
      answer(models.describe(checkName(given.name), given.description ?? '')),
    ),
    call('DELETE', `${base}/delete`, { 'name!': 'string' }, async (given, userId) => {
      await models.delete(checkName(given.name), userId)
      return {}
    }),
    call('GET', `${base}/get`, { 'name!': 'string' }, (given) => answer(models.get(checkName(given.name)))),
    call(
      'GET',
      `${base}/search`,
      { filter: 'string', max_results: 'integer', order_by: 'strings', page_token: 'string' },
      (given) => found(models, given),
    ),
    // MLflow 1 lists so.
    call('GET', `${base}/list`, { max_results: 'integer', page_token: 'string' }, (given) =>
      found(models, given),
    ),
    ...(['GET', 'POST'] as const).map((method) =>
      call(method, `${base}/get-latest-versions`, { 'name!': 'string', stages: 'strings' }, async (given) => {
        const wanted = given.stages?.length ? given.stages.map(checkStage) : modelStages
        const { latestVersions } = await models.get(checkName(given.name))
        const versions = latestVersions.filter(({ stage }) => wanted.includes(stage))
        return versions.length === 0 ? {} : { model_versions: versions.map(modelVersionBody) }
      }),
    ),
  ]
}

async function found(
  models: Models,
  given: {
    readonly filter?: string | undefined
    readonly max_results?: number | undefined
    readonly order_by?: readonly string[] | undefined
    readonly page_token?: string | undefined
  },
): Promise<object> {
  const page = await models.search({
    filter: given.filter,
    maxResults: given.max_results,
    orderBy: given.order_by,
    pageToken: given.page_token,
  })
  return {
    ...(page.models.length > 0 && { registered_models: page.models.map(registeredModelBody) }),
    ...(page.nextPageToken !== undefined && { next_page_token: page.nextPageToken }),
  }
}

function tagsAndAliases(models: Models): readonly Call[] {
  return [
    call(
      'POST',
      `${base}/set-tag`,
      { 'name!': 'string', 'key!': 'string', value: 'string' },
      async (given) => {
        await models.setTags(checkName(given.name), checkTagPairs({ [given.key]: given.value ?? '' }))
        return {}
      },
    ),
    call('DELETE', `${base}/delete-tag`, { 'name!': 'string', 'key!': 'string' }, async (given) => {
      await models.deleteTag(checkName(given.name), checkTagKey(given.key))
      return {}
    }),
    call(
      'POST',
      `${base}/alias`,
      { 'name!': 'string', 'alias!': 'string', 'version!': 'string' },
      async (given, userId) => {
        const name = checkName(given.name)
        const [alias, version] = [checkNewAlias(given.alias), checkVersion(given.version)]
        const unchanged = (await models.get(name)).aliases[alias] === version
        const event = unchanged ? undefined : ({ kind: 'alias-set', userId } as const)
        await models.moveAlias(name, { alias, version, event })
        return {}
      },
    ),
    call('DELETE', `${base}/alias`, { 'name!': 'string', 'alias!': 'string' }, async (given, userId) => {
      const name = checkName(given.name)
      const alias = checkAliasName(given.alias)
      // Nothing to take away is no error to MLflow, and nothing to record.
      const known = Object.hasOwn((await models.get(name)).aliases, alias)
      if (known)
        await models.moveAlias(name, { alias, version: null, event: { kind: 'alias-deleted', userId } })
      return {}
    }),
    call('GET', `${base}/alias`, { 'name!': 'string', 'alias!': 'string' }, async (given) => {
      const name = checkName(given.name)
      const alias = checkAliasName(given.alias)
      const newest = async () => (await models.get(name)).latestVersions.at(-1)
      // Since MLflow 3.3 `latest` is answered with the newest version.
      const version = /^latest$/i.test(alias) ? await newest() : undefined
      return { model_version: modelVersionBody(version ?? (await models.getVersionByAlias(name, alias))) }
    }),
  ]
}
