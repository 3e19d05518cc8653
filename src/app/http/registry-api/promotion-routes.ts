// Promotion, rollback, approvals and notes.
import { fromRows } from '../../../data/index.js'
import type { PromoteOptions, Registry } from '../../../operate/registry/index.js'
import { type Route, route } from '../api/route.js'
import type { z } from 'zod'
import { modelsPath } from './model-routes.js'
import * as shapes from './shapes.js'

const one = `${modelsPath}/:name`

export function promotionRoutes(registry: Registry): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: `${one}/promote`,
      summary:
        'Lets a version take the place of the one that an alias points to, if it passes the gate. A refusal is a 409 with the verdict in its details.',
      params: shapes.modelParams,
      body: shapes.promotion,
      handle: async ({ params, body }, request) =>
        registry.promote(params.name, { ...optionsOf(body), userId: request.caller?.name }),
    }),
    route({
      method: 'POST',
      path: `${one}/assess`,
      summary: 'What a promotion would be told; nothing is changed or recorded.',
      // It writes nothing, and is a POST for its rows alone.
      scope: 'read',
      params: shapes.modelParams,
      body: shapes.promotion,
      handle: async ({ params, body }) => registry.assess(params.name, optionsOf(body)),
    }),
    route({
      method: 'POST',
      path: `${one}/rollback`,
      summary: 'Puts an alias back to where it pointed before.',
      params: shapes.modelParams,
      body: shapes.rollbackBody,
      handle: async ({ params, body: { alias, note } }, request) => ({
        version: await registry.rollback(params.name, alias, { note, userId: request.caller?.name }),
      }),
    }),
    route({
      method: 'POST',
      path: `${one}/versions/:version/approvals`,
      summary: 'Says that the caller approves of a version; gates can ask for it.',
      params: shapes.versionParams,
      body: shapes.approvalBody,
      handle: async ({ params: { name, version }, body: { note } }, request) =>
        registry.approve({ name, version }, { note, userId: request.caller?.name }),
    }),
    route({
      method: 'POST',
      path: `${one}/versions/:version/notes`,
      summary: 'Adds a remark to the record of a version.',
      params: shapes.versionParams,
      body: shapes.noteBody,
      handle: async ({ params: { name, version }, body: { note } }, request) =>
        registry.note({ name, version }, note, request.caller?.name),
    }),
  ] as readonly Route[]
}

function optionsOf({ data, gate, ...rest }: z.output<typeof shapes.promotion>): PromoteOptions {
  return {
    ...rest,
    gate: gate as PromoteOptions['gate'],
    data: data === undefined || 'run' in data ? data : fromRows(data.rows),
  }
}
