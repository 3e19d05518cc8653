// MLflow's calls about versions of models.
import type { Registry } from '../../../operate/registry/index.js'
import type { ModelVersion, Store } from '../../../operate/store/index.js'
import { invalidParameter, type MlflowRoute } from '../mlflow/index.js'
import { modelVersionBody } from './bodies.js'
import { call } from './call.js'
import { canonicalStage, modelName, place, searchOf, tagKey, tagPair, tagPairs } from './inputs.js'
import { findSource, promptSource } from './sources.js'

const base = 'model-versions'

const answer = async (version: Promise<ModelVersion>) => ({ model_version: modelVersionBody(await version) })

export function versionCalls(store: Store, registry: Registry | undefined): MlflowRoute[] {
  const { models } = store
  return [
    createCall(store, registry),
    call('PATCH', `${base}/update`, (input) =>
      answer(models.describeVersion(...place(input), input.text('description') ?? '')),
    ),
    call('DELETE', `${base}/delete`, async (input, userId) => {
      await models.deleteVersion(...place(input), { userId })
      return {}
    }),
    call('GET', `${base}/get`, (input) => answer(models.getVersion(...place(input)))),
    call('GET', `${base}/search`, async (input) => {
      // The default of the message, where that of MLflow's store is 10,000.
      const page = await models.searchVersions({
        ...searchOf(input),
        maxResults: input.integer('max_results') ?? 200_000,
      })
      return {
        ...(page.versions.length > 0 && { model_versions: page.versions.map(modelVersionBody) }),
        ...(page.nextPageToken !== undefined && { next_page_token: page.nextPageToken }),
      }
    }),
    call('GET', `${base}/get-download-uri`, async (input) => ({
      artifact_uri: (await models.getVersion(...place(input))).storageLocation,
    })),
    stageCall(store),
    call('POST', `${base}/set-tag`, async (input) => {
      await models.setVersionTags(...place(input), Object.fromEntries([tagPair(input)]))
      return {}
    }),
    call('DELETE', `${base}/delete-tag`, async (input) => {
      await models.deleteVersionTag(...place(input), tagKey(input))
      return {}
    }),
  ]
}

/** By this tag MLflow keeps prompts among the models. */
const promptTag = 'mlflow.prompt.is_prompt'

function createCall(store: Store, registry: Registry | undefined): MlflowRoute {
  return call('POST', `${base}/create`, async (input, userId) => {
    const [name, source, tags] = [modelName(input), input.requiredText('source'), tagPairs(input)]
    const [runId, modelId] = [input.text('run_id') ?? '', input.text('model_id') ?? '']
    const found = Object.hasOwn(tags, promptTag)
      ? { storageLocation: promptSource(source), runId }
      : await findSource(store, { source, runId, modelId })
    const known = await registry?.inspect(found.storageLocation, found.runId || undefined)
    const version = await store.models.createVersion(name, {
      source,
      storageLocation: found.storageLocation,
      runId: found.runId || undefined,
      runLink: input.text('run_link'),
      modelId: modelId || undefined,
      tags,
      description: input.text('description'),
      userId,
      ...known,
    })
    if (modelId !== '') await noteOnLoggedModel(store, modelId, version)
    return { model_version: modelVersionBody(version) }
  })
}

/** MLflow lists the versions that were made of a logged model in this tag of it. */
const versionsTag = 'mlflow.modelVersions'

async function noteOnLoggedModel(
  store: Store,
  modelId: string,
  { name, version }: ModelVersion,
): Promise<void> {
  const { tags } = await store.loggedModels.get(modelId)
  const listed = [...listOf(tags[versionsTag]), { name, version }]
  await store.loggedModels.setTags(modelId, { [versionsTag]: pythonList(listed) })
}

/** As Python writes it: clients compare it as a text. */
const pythonList = (list: readonly unknown[]): string =>
  `[${list
    .map((entry) =>
      JSON.stringify(entry, null, 1)
        .replaceAll(/\n */g, ' ')
        .replaceAll(/\{ | \}/g, (brace) => brace.trim()),
    )
    .join(', ')}]`

function listOf(text: string | undefined): unknown[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list : []
  } catch {
    // Somebody else wrote something else there.
    return []
  }
}

function stageCall({ models }: Store): MlflowRoute {
  return call('POST', `${base}/transition-stage`, (input, userId) => {
    const given = input.requiredText('stage')
    const stage = canonicalStage(given)
    const archiveOthers = input.flag('archive_existing_versions') ?? false
    if (archiveOthers && stage !== 'Staging' && stage !== 'Production') {
      throw invalidParameter(
        `Model version transition cannot archive existing model versions because '${given}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
      )
    }
    return answer(models.setStage(...place(input), { stage, archiveOthers, userId }))
  })
}
