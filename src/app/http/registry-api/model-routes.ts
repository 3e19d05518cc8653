// Models and their versions for the page and for programs.
import { checkAlias, checkModelName, checkTags, type Registry } from '../../../operate/registry/index.js'
import type { Store } from '../../../operate/store/index.js'
import { type Route, route } from '../api/route.js'
import type { EventList, ModelList, VersionList } from './registry-types.js'
import * as shapes from './shapes.js'

export const modelsPath = '/api/v1/models'
const one = `${modelsPath}/:name`
const version = `${one}/versions/:version`

/** Routes that only tell. */
export const readingRoutes = (store: Store, registry: Registry): readonly Route[] => [
  ...listingRoutes(store),
  ...tellingRoutes(registry),
]

function listingRoutes({ models }: Store): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: modelsPath,
      summary: "Registered models by filter and order of MLflow's grammar, page by page.",
      query: shapes.listQuery,
      async handle({ query }): Promise<ModelList> {
        const page = await models.search({
          filter: query.filter,
          orderBy: query.orderBy === undefined ? undefined : [query.orderBy].flat(),
          maxResults: query.limit,
          pageToken: query.pageToken,
        })
        return { models: page.models as ModelList['models'], nextPageToken: page.nextPageToken ?? null }
      },
    }),
    route({
      method: 'GET',
      path: one,
      summary: 'A model with its aliases, tags and newest versions.',
      params: shapes.modelParams,
      handle: async ({ params }) => models.get(params.name),
    }),
    route({
      method: 'GET',
      path: `${one}/versions`,
      summary: 'Every version of a model, the newest first.',
      params: shapes.modelParams,
      handle: async ({ params }): Promise<VersionList> => ({
        versions: (await models.versions(params.name)) as VersionList['versions'],
      }),
    }),
    route({
      method: 'GET',
      path: version,
      summary: 'One version with signature and lineage.',
      params: shapes.versionParams,
      handle: async ({ params }) => models.getVersion(params.name, params.version),
    }),
  ] as readonly Route[]
}

function tellingRoutes(registry: Registry): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${one}/events`,
      summary: 'What happened to a model, the newest first.',
      params: shapes.modelParams,
      query: shapes.eventQuery,
      handle: async ({ params, query }): Promise<EventList> => ({
        events: await registry.history(params.name, query),
      }),
    }),
    route({
      method: 'GET',
      path: `${one}/lineage`,
      summary: 'Where the versions of a model came from, as nodes and edges.',
      params: shapes.modelParams,
      handle: async ({ params }) => registry.lineage(params.name),
    }),
    route({
      method: 'GET',
      path: `${one}/diff`,
      summary: 'What differs between two versions: signature, metrics, parameters, data, environment.',
      params: shapes.modelParams,
      query: shapes.pairQuery,
      handle: async ({ params: { name }, query: { a, b } }) =>
        registry.diff({ name, version: a }, { name, version: b }),
    }),
    route({
      method: 'GET',
      path: `${one}/compatibility`,
      summary: 'Whether callers of the first version can call the second.',
      params: shapes.modelParams,
      query: shapes.pairQuery,
      handle: async ({ params: { name }, query: { a, b } }) =>
        registry.compatibility({ name, version: a }, { name, version: b }),
    }),
  ] as readonly Route[]
}

/** Routes that change models. */
export function modelRoutes({ models }: Store): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: modelsPath,
      summary: 'Registers a model that has no version yet.',
      body: shapes.newModel,
      async handle({ body }, request, reply) {
        const { name, description, tags } = body
        const userId = request.caller?.name
        const made = await models.create({
          name: checkModelName(name),
          description,
          tags: checkTags(tags ?? {}),
          userId,
        })
        reply.status(201)
        return made
      },
    }),
    route({
      method: 'PATCH',
      path: one,
      summary: 'Changes description and tags of a model, or its name.',
      params: shapes.modelParams,
      body: shapes.modelChange,
      async handle({ params: { name }, body }, request) {
        if (body.name !== undefined) checkModelName(body.name)
        if (body.tags !== undefined) await models.setTags(name, checkTags(body.tags))
        if (body.description !== undefined) await models.describe(name, body.description)
        if (body.name !== undefined) return models.rename(name, body.name, request.caller?.name)
        return models.get(name)
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      summary: 'Deletes a model with its versions and aliases; the record of what happened remains.',
      params: shapes.modelParams,
      async handle({ params: { name } }, request) {
        await models.delete(name, request.caller?.name)
        return { deleted: name }
      },
    }),
  ] as readonly Route[]
}

/** Routes that change versions. */
export function versionRoutes({ models }: Store, registry: Registry): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: `${one}/versions`,
      summary: 'Registers the bundle that a run wrote as the next version.',
      params: shapes.modelParams,
      body: shapes.newVersion,
      async handle({ params, body: { run, path, ...options } }, request, reply) {
        const made = await registry.register(
          params.name,
          { run, path },
          { ...options, userId: request.caller?.name },
        )
        reply.status(201)
        return made
      },
    }),
    route({
      method: 'PATCH',
      path: version,
      summary: 'Changes description and tags of a version.',
      params: shapes.versionParams,
      body: shapes.versionChange,
      async handle({ params, body: { description, tags, deleteTags = [] } }) {
        const place = [params.name, params.version] as const
        if (tags !== undefined) await models.setVersionTags(...place, checkTags(tags))
        for (const key of deleteTags) await models.deleteVersionTag(...place, key)
        return description === undefined
          ? models.getVersion(...place)
          : models.describeVersion(...place, description)
      },
    }),
    route({
      method: 'DELETE',
      path: version,
      summary: 'Deletes a version that no alias points to; its number is not given again.',
      params: shapes.versionParams,
      async handle({ params }, request) {
        await registry.deleteVersion(params.name, params.version, request.caller?.name)
        return { deleted: `${params.name}/${params.version}` }
      },
    }),
  ] as readonly Route[]
}

/** Routes that move aliases without a gate. */
export function aliasRoutes({ models }: Store, registry: Registry): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path: `${one}/aliases/:alias`,
      summary: 'Puts an alias to a version, without a gate.',
      params: shapes.aliasParams,
      body: shapes.aliasMove,
      async handle({ params: { name, alias }, body }, request) {
        const note = { note: body.note, userId: request.caller?.name }
        await registry.setAlias(name, checkAlias(alias), body.version, note)
        return models.get(name)
      },
    }),
    route({
      method: 'DELETE',
      path: `${one}/aliases/:alias`,
      summary: 'Takes an alias away.',
      params: shapes.aliasParams,
      async handle({ params: { name, alias } }, request) {
        await registry.setAlias(name, alias, null, { userId: request.caller?.name })
        return models.get(name)
      },
    }),
  ] as readonly Route[]
}
