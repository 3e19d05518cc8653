// The OpenAPI document: what routes declare, and for each model a path with the schemas of its signature.
// @see https://spec.openapis.org/oas/v3.1.0
import { z } from 'zod'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import type { Route } from '../../api/route.js'
import { servingPath } from '../native/admin-routes.js'
import { serverVersion } from '../server-version.js'
import { answerSchemas, rowSchema } from './model-schemas.js'

type Json = Readonly<Record<string, unknown>>

/** @param models - one version of each model */
export function openApiDocument(routes: readonly Route[], models: readonly VersionDescription[]): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const declared of routes) {
    const path = declared.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [declared.method.toLowerCase()]: operation(declared) }
  }
  for (const model of models) {
    if (model.columns === undefined) continue
    const path = `${servingPath}/models/${encodeURIComponent(model.model)}/predict`
    paths[path] = { post: modelOperation(model) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'modelwright',
      version: serverVersion(),
      description:
        'Models in service, their runs and their registry. Other protocols are on the same port: see the guide.',
    },
    paths,
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{}, { key: [] }],
  }
}

const errorSchema: Json = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, details: { type: 'object' } },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
}

const failure: Json = {
  description: 'What was wrong, in a sentence.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
}

function operation({ method, path, summary, params, query, body, response, responseType }: Route): Json {
  const good = responseType ?? 'application/json'
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string = '') => next.toUpperCase())}`,
    summary,
    tags: [path.split('/')[3]?.replace(/^:.*/, '') || 'server'],
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      200: {
        description: 'The answer.',
        content: { [good]: { schema: response === undefined ? {} : schemaOf(response, 'output') } },
      },
      default: failure,
    },
  }
}

/** Each field of a path or query as a parameter. */
function parameters(shape: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (shape === undefined) return []
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as {
    readonly properties?: Json
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }))
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' })
  return schema
}

function modelOperation(model: VersionDescription): Json {
  const row = rowSchema(model.columns ?? [])
  const answers = answerSchemas(model)
  const rows = { type: 'object', properties: { rows: { type: 'array', items: row } }, required: ['rows'] }
  return {
    operationId: `predict_${model.model.replace(/[^A-Za-z0-9]+/g, '_')}`,
    summary: `Predicts with '${model.model}', of whose version ${model.version} this is the signature.`,
    tags: ['models'],
    parameters: [
      { name: 'explain', in: 'query', required: false, schema: { enum: ['true', 'false'] } },
      { name: 'timeout', in: 'query', required: false, schema: { type: 'number', exclusiveMinimum: 0 } },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: { anyOf: [row, rows] } } } },
    responses: {
      200: {
        description: 'The answer to a row, or to rows.',
        content: { 'application/json': { schema: { anyOf: [answers.single, answers.rows] } } },
      },
      default: failure,
    },
  }
}
