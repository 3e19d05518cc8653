// Conformance with Vertex AI's contract of containers, and what its environment and SageMaker's say.
import { describe, expect, it } from 'vitest'
import { rows, servingServer } from '../../../../../test/support/serving-server.js'
import { platformSettings } from '../platform.js'

const healthRoute = '/v1/endpoints/12/deployedModels/34'
const predictRoute = `${healthRoute}:predict`
const vertex = { healthRoute, predictRoute }
const { server, service } = await servingServer({ only: ['dear'], vertex })
const { server: graphs } = await servingServer({ only: ['scaling'], vertex })

const post = (payload: object | string, to = server) =>
  to.inject({ method: 'POST', url: predictRoute, payload, headers: { 'content-type': 'application/json' } })

describe('the routes of Vertex AI', () => {
  it('answer instances with predictions', async () => {
    const { predictions, probabilities } = await service.predictRows({ model: 'dear' }, rows)
    expect((await server.inject(healthRoute)).statusCode).toBe(200)
    expect((await post({ instances: rows })).json()).toEqual({ predictions })
    expect(
      (
        await post({
          instances: rows.map((row) => Object.values(row)),
          parameters: { predict_method: 'predict_proba' },
        })
      ).json(),
    ).toEqual({
      predictions: probabilities,
    })
    expect((await post({ instances: [[1, 2]] }, graphs)).json()).toEqual({
      predictions: { y: [[2, 4]], sum: [[6]] },
    })
  })

  it.each<object | string>([
    {},
    { instances: 5 },
    { instances: [{}] },
    { instances: rows, parameters: 5 },
    '{',
    '[]',
    '',
  ])('refuse %j', async (payload) => {
    const answer = await post(payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({
      error: { code: 400, message: expect.any(String) as string, status: 'INVALID_ARGUMENT' },
    })
  })
})

describe('the environment', () => {
  const none = (): boolean => false

  it('of neither says nothing', () => {
    expect(platformSettings({}, none)).toEqual({
      platform: undefined,
      port: undefined,
      model: undefined,
      modelFolder: undefined,
      vertex: undefined,
    })
  })

  it('of Vertex AI says port, routes and place', () => {
    const env = { AIP_HTTP_PORT: '8080', AIP_HEALTH_ROUTE: healthRoute, AIP_PREDICT_ROUTE: predictRoute }
    expect(platformSettings({ ...env, AIP_STORAGE_URI: '/models/churn' }, none)).toMatchObject({
      platform: 'vertex-ai',
      port: 8080,
      model: '/models/churn',
      vertex,
    })
    expect(platformSettings({ ...env, AIP_STORAGE_URI: 'file:///models/a%20b' }, none).model).toBe(
      '/models/a b',
    )
    expect(platformSettings({ ...env, AIP_STORAGE_URI: '' }, none).model).toBeUndefined()
  })

  it('of SageMaker says where models lie', () => {
    expect(platformSettings({}, (path) => path.startsWith('/opt/ml'))).toMatchObject({
      platform: 'sagemaker',
      model: '/opt/ml/model',
    })
    expect(
      platformSettings({ SAGEMAKER_MULTI_MODEL: 'true', SAGEMAKER_BIND_TO_PORT: '9000' }, none),
    ).toMatchObject({
      port: 9000,
      model: undefined,
      modelFolder: '/opt/ml/models',
    })
  })

  it.each([
    [{ AIP_STORAGE_URI: 'gs://bucket/model' }, 'a bucket'],
    [{ AIP_HTTP_PORT: '80x' }, 'a port'],
    [{ AIP_HTTP_PORT: '0' }, 'a port'],
    [{ SAGEMAKER_BIND_TO_PORT: '99999' }, 'a port'],
    [{ AIP_PREDICT_ROUTE: 'predict' }, 'a slash'],
    [{ AIP_PREDICT_ROUTE: '/a b' }, 'a slash'],
  ])('is refused in a sentence: %j', (env, reason) => {
    expect(() => platformSettings(env, none)).toThrow(reason)
  })
})
