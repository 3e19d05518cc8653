// Models and versions as MLflow's REST writes them. A list without entries is left out, as protocol buffers do.
import type { ModelVersion, Pairs, RegisteredModel } from '../../../operate/store/index.js'

const tagList = (tags: Pairs): { tags?: { key: string; value: string }[] } => {
  const list = Object.keys(tags)
    .toSorted()
    .map((key) => ({ key, value: tags[key]! }))
  return list.length === 0 ? {} : { tags: list }
}

export function modelVersionBody(version: ModelVersion): Record<string, unknown> {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creationTime,
    last_updated_timestamp: version.lastUpdateTime,
    ...(version.userId !== '' && { user_id: version.userId }),
    current_stage: version.stage,
    description: version.description,
    source: version.source,
    run_id: version.runId ?? '',
    status: version.status,
    ...(version.statusMessage !== '' && { status_message: version.statusMessage }),
    ...tagList(version.tags),
    run_link: version.runLink,
    ...(version.aliases.length > 0 && { aliases: version.aliases }),
    ...(version.modelId !== undefined && { model_id: version.modelId }),
  }
}

export function registeredModelBody(model: RegisteredModel): Record<string, unknown> {
  const aliases = Object.entries(model.aliases).map(([alias, version]) => ({
    alias,
    version: String(version),
  }))
  return {
    name: model.name,
    creation_timestamp: model.creationTime,
    last_updated_timestamp: model.lastUpdateTime,
    ...(model.description !== '' && { description: model.description }),
    ...(model.latestVersions.length > 0 && { latest_versions: model.latestVersions.map(modelVersionBody) }),
    ...tagList(model.tags),
    ...(aliases.length > 0 && { aliases }),
  }
}
