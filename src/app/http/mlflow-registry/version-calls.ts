// MLflow's calls about versions of models.
import type { Registry } from '../../../operate/registry/index.js'
import type { ModelVersion, Store } from '../../../operate/store/index.js'
import { modelVersionBody } from './bodies.js'
import { call, type Call } from './call.js'
import { mlflowError } from './errors.js'
import { checkName, checkStage, checkTagKey, checkTagPairs, checkVersion } from './rules.js'
import { findSource } from './sources.js'

const base = 'model-versions'
const one = { 'name!': 'string', 'version!': 'string' } as const

const answer = async (version: Promise<ModelVersion>) => ({ model_version: modelVersionBody(await version) })

const place = (given: { readonly name: string; readonly version: string }): [string, number] => [
  checkName(given.name),
  checkVersion(given.version),
]

export function versionCalls(store: Store, registry: Registry | undefined): readonly Call[] {
  const { models } = store
  return [
    createCall(store, registry),
    call('PATCH', `${base}/update`, { ...one, description: 'string' }, (given) =>
      answer(models.describeVersion(...place(given), given.description ?? '')),
    ),
    call('DELETE', `${base}/delete`, one, async (given, userId) => {
      await models.deleteVersion(...place(given), { userId })
      return {}
    }),
    call('GET', `${base}/get`, one, (given) => answer(models.getVersion(...place(given)))),
    call(
      'GET',
      `${base}/search`,
      { filter: 'string', max_results: 'integer', order_by: 'strings', page_token: 'string' },
      async (given) => {
        const page = await models.searchVersions({
          filter: given.filter,
          // The default of the message, where that of MLflow's store is 10,000.
          maxResults: given.max_results ?? 200_000,
          orderBy: given.order_by,
          pageToken: given.page_token,
        })
        return {
          ...(page.versions.length > 0 && { model_versions: page.versions.map(modelVersionBody) }),
          ...(page.nextPageToken !== undefined && { next_page_token: page.nextPageToken }),
        }
      },
    ),
    call('GET', `${base}/get-download-uri`, one, async (given) => ({
      artifact_uri: (await models.getVersion(...place(given))).storageLocation,
    })),
    stageCall(store),
    call('POST', `${base}/set-tag`, { ...one, 'key!': 'string', value: 'string' }, async (given) => {
      await models.setVersionTags(...place(given), checkTagPairs({ [given.key]: given.value ?? '' }))
      return {}
    }),
    call('DELETE', `${base}/delete-tag`, { ...one, 'key!': 'string' }, async (given) => {
      await models.deleteVersionTag(...place(given), checkTagKey(given.key))
      return {}
    }),
  ]
}

/** By this tag MLflow keeps prompts among the models; their sources are no addresses. */
const promptTag = 'mlflow.prompt.is_prompt'

function createCall(store: Store, registry: Registry | undefined): Call {
  const fields = {
    'name!': 'string',
    'source!': 'string',
    run_id: 'string',
    tags: 'pairs',
    run_link: 'string',
    description: 'string',
    model_id: 'string',
  } as const
  return call('POST', `${base}/create`, fields, async (given, userId) => {
    const name = checkName(given.name)
    const tags = checkTagPairs(given.tags ?? {})
    const { source, run_id: runId = '', model_id: modelId = '' } = given
    const found = Object.hasOwn(tags, promptTag)
      ? { storageLocation: source, runId }
      : await findSource(store, { source, runId, modelId })
    const known = await registry?.inspect(found.storageLocation, found.runId || undefined)
    const version = await store.models.createVersion(name, {
      source,
      storageLocation: found.storageLocation,
      runId: found.runId || undefined,
      runLink: given.run_link,
      modelId: modelId || undefined,
      tags,
      description: given.description,
      userId,
      ...known,
    })
    return answer(Promise.resolve(version))
  })
}

function stageCall({ models }: Store): Call {
  const fields = { ...one, 'stage!': 'string', archive_existing_versions: 'boolean' } as const
  return call('POST', `${base}/transition-stage`, fields, (given, userId) => {
    const stage = checkStage(given.stage)
    const archiveOthers = given.archive_existing_versions ?? false
    if (archiveOthers && stage !== 'Staging' && stage !== 'Production') {
      throw mlflowError(
        'INVALID_PARAMETER_VALUE',
        `Model version transition cannot archive existing model versions because '${given.stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
      )
    }
    return answer(models.setStage(...place(given), { stage, archiveOthers, userId }))
  })
}
