import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { rows, servingServer } from '../../../../../test/support/serving-server.js'
import { createServer } from '../../server.js'
import { addRoutes, route } from '../../api/route.js'
import { servingFaces } from '../serving-faces.js'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const { server } = await servingServer({ only: ['dear', 'cost', 'scaling'] })
const document = (await server.inject('/openapi.json')).json<Document>()
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

/** What a schema of the document accepts, by another reader of JSON Schema. */
const accepts = (schema: object, value: unknown): boolean =>
  z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success

const modelPath = (model: string): Operation =>
  document.paths[`/api/v1/serving/models/${model}/predict`]!['post']!
const bodyOf = (operation: Operation): object => operation.requestBody!.content['application/json']!.schema
const answerOf = (operation: Operation): object =>
  operation.responses['200']!.content['application/json']!.schema

describe('/openapi.json', () => {
  it('has every route of the own API, each with a name of its own', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/serving/models',
        '/api/v1/serving/models/{model}/versions/{version}/predict',
        '/api/v1/serving/models/{model}/traffic',
        '/api/v1/serving/models/dear/predict',
        '/api/v1/serving/models/cost/predict',
      ]),
    )
    // A plain graph has no columns to describe.
    expect(document.paths['/api/v1/serving/models/scaling/predict']).toBeUndefined()
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(operations.map(({ path, method, operation }) => [method, path, operation] as const))(
    '%s %s declares the parts of its path, and points at nothing that is not there',
    (_, path, operation) => {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(declared.map(({ name }) => name)).toEqual(parts)
      expect(declared.every(({ required }) => required)).toBe(true)
      for (const [, pointer] of JSON.stringify(operation).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        const found = pointer!
          .split('/')
          .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document)
        expect(found).toBeTypeOf('object')
      }
      expect(operation.responses['default']).toBeDefined()
    },
  )

  it('describes rows and answers of each model as they are', async () => {
    for (const model of ['dear', 'cost']) {
      const operation = modelPath(model)
      for (const payload of [rows[0]!, { rows }]) {
        expect(accepts(bodyOf(operation), payload)).toBe(true)
        const answer = await server.inject({
          method: 'POST',
          url: `/api/v1/serving/models/${model}/predict?explain=true`,
          payload,
        })
        expect(answer.statusCode).toBe(200)
        expect(accepts(answerOf(operation), answer.json())).toBe(true)
        expect(accepts(answerOf(operation), { ...answer.json<object>(), model: 5 })).toBe(false)
      }
      expect(accepts(bodyOf(operation), { size: 'large', city: 'Oslo', garden: true })).toBe(false)
      expect(accepts(bodyOf(operation), { size: 5 })).toBe(false)
    }
  })

  it('describes what reading routes answer', async () => {
    for (const [template, url] of [
      ['/api/v1/serving/models', '/api/v1/serving/models'],
      ['/api/v1/serving/models/{model}', '/api/v1/serving/models/dear'],
      ['/api/v1/serving/models/{model}/versions/{version}', '/api/v1/serving/models/scaling/versions/1'],
    ] as const) {
      expect(accepts(answerOf(document.paths[template]!['get']!), (await server.inject(url)).json())).toBe(
        true,
      )
    }
  })

  it('has the routes of other faces too, whichever came first', async () => {
    const declared = route({
      method: 'GET',
      path: '/api/v1/other/:id',
      summary: 'Another.',
      params: z.object({ id: z.string() }),
      query: z.object({ limit: z.coerce.number().default(5) }),
      handle: () => Promise.resolve({}),
    })
    const mixed = await createServer({}, { faces: [servingFaces, (scope) => addRoutes(scope, [declared])] })
    const { paths } = (await mixed.inject('/openapi.json')).json<Document>()
    expect(paths['/api/v1/other/{id}']!['get']!.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'limit', in: 'query', required: false },
    ])
    await mixed.close()
  })
})

describe('/api/v1/serving/types.ts', () => {
  it('gives types of all models, or of one', async () => {
    const all = await server.inject('/api/v1/serving/types.ts')
    expect(all.headers['content-type']).toContain('text/typescript')
    expect(all.body).toContain('readonly "dear": {')
    expect(all.body).toContain('readonly "cost": {')
    const one = await server.inject('/api/v1/serving/models/cost/types.ts')
    expect(one.body).not.toContain('dear')
    expect((await server.inject('/api/v1/serving/models/none/types.ts')).statusCode).toBe(404)
  })
})
