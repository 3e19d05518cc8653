// MLflow's calls about registered models.
import { modelStages, type Models, type RegisteredModel } from '../../../operate/store/index.js'
import type { Fields, MlflowRoute } from '../mlflow/index.js'
import { modelVersionBody, registeredModelBody } from './bodies.js'
import { call } from './call.js'
import {
  aliasName,
  canonicalStage,
  modelName,
  newAlias,
  searchOf,
  tagKey,
  tagPair,
  tagPairs,
  versionNumber,
} from './inputs.js'

const base = 'registered-models'

export const modelCalls = (models: Models): MlflowRoute[] => [
  ...wholeModels(models),
  ...foundModels(models),
  ...modelTags(models),
  ...modelAliases(models),
]

function wholeModels(models: Models): MlflowRoute[] {
  const answer = async (model: Promise<RegisteredModel>) => ({
    registered_model: registeredModelBody(await model),
  })
  return [
    call('POST', `${base}/create`, (input, userId) =>
      answer(
        models.create({
          name: modelName(input),
          tags: tagPairs(input),
          description: input.text('description'),
          userId,
        }),
      ),
    ),
    call('POST', `${base}/rename`, (input, userId) =>
      answer(models.rename(modelName(input), modelName(input, 'new_name'), userId)),
    ),
    call('PATCH', `${base}/update`, (input) =>
      answer(models.describe(modelName(input), input.text('description') ?? '')),
    ),
    call('DELETE', `${base}/delete`, async (input, userId) => {
      await models.delete(modelName(input), userId)
      return {}
    }),
    call('GET', `${base}/get`, (input) => answer(models.get(modelName(input)))),
  ]
}

function foundModels(models: Models): MlflowRoute[] {
  const search = async (input: Fields) => {
    const page = await models.search(searchOf(input))
    return {
      ...(page.models.length > 0 && { registered_models: page.models.map(registeredModelBody) }),
      ...(page.nextPageToken !== undefined && { next_page_token: page.nextPageToken }),
    }
  }
  const latest = async (input: Fields) => {
    const stages = input.texts('stages').map(canonicalStage)
    const wanted = stages.length > 0 ? stages : modelStages
    const { latestVersions } = await models.get(modelName(input))
    const versions = latestVersions.filter(({ stage }) => wanted.includes(stage))
    return versions.length === 0 ? {} : { model_versions: versions.map(modelVersionBody) }
  }
  return [
    call('GET', `${base}/search`, search),
    // MLflow 1 lists so.
    call('GET', `${base}/list`, search),
    call('GET', `${base}/get-latest-versions`, latest),
    call('POST', `${base}/get-latest-versions`, latest),
  ]
}

function modelTags(models: Models): MlflowRoute[] {
  return [
    call('POST', `${base}/set-tag`, async (input) => {
      await models.setTags(modelName(input), Object.fromEntries([tagPair(input)]))
      return {}
    }),
    call('DELETE', `${base}/delete-tag`, async (input) => {
      await models.deleteTag(modelName(input), tagKey(input))
      return {}
    }),
  ]
}

function modelAliases(models: Models): MlflowRoute[] {
  return [
    call('POST', `${base}/alias`, async (input, userId) => {
      const [name, alias, version] = [modelName(input), newAlias(input), versionNumber(input)]
      const unchanged = (await models.get(name)).aliases[alias] === version
      const event = unchanged ? undefined : ({ kind: 'alias-set', userId } as const)
      await models.moveAlias(name, { alias, version, event })
      return {}
    }),
    call('DELETE', `${base}/alias`, async (input, userId) => {
      const [name, alias] = [modelName(input), aliasName(input)]
      // Nothing to take away is no error to MLflow, and nothing to record.
      const known = Object.hasOwn((await models.get(name)).aliases, alias)
      if (known)
        await models.moveAlias(name, { alias, version: null, event: { kind: 'alias-deleted', userId } })
      return {}
    }),
    call('GET', `${base}/alias`, async (input) => {
      const [name, alias] = [modelName(input), aliasName(input)]
      const newest = async () => (await models.get(name)).latestVersions.at(-1)
      // Since MLflow 3.3 `latest` is answered with the newest version.
      const version = /^latest$/i.test(alias) ? await newest() : undefined
      return { model_version: modelVersionBody(version ?? (await models.getVersionByAlias(name, alias))) }
    }),
  ]
}
