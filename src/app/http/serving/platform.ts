// What SageMaker and Vertex AI say to a container in its environment, as settings of the server. One image runs on all of them.
import { existsSync } from 'node:fs'
import { UsageError } from '../../../base/index.js'
import { quote } from '../../../base/index.js'

/** Routes that Vertex AI calls. */
export interface VertexRoutes {
  readonly healthRoute: string
  readonly predictRoute: string
}

/** What a platform asks for; undefined where it says nothing. */
export interface PlatformSettings {
  readonly platform: 'sagemaker' | 'vertex-ai' | undefined
  readonly port: number | undefined
  /** Where the model lies. */
  readonly model: string | undefined
  /** Below this folder models are loaded by request. */
  readonly modelFolder: string | undefined
  readonly vertex: VertexRoutes | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Where SageMaker puts the model of an endpoint, and those of an endpoint of many. */
const sagemakerModel = '/opt/ml/model'
const sagemakerModels = '/opt/ml/models'

/**
 * Reads the environment.
 *
 * @throws {@link UsageError} for a port that is none, a route without a slash, or a model in a bucket
 */
export function platformSettings(
  env: Environment,
  exists: (path: string) => boolean = existsSync,
): PlatformSettings {
  const vertex = vertexRoutes(env)
  if (vertex !== undefined || env['AIP_HTTP_PORT'] !== undefined || env['AIP_STORAGE_URI'] !== undefined) {
    return {
      platform: 'vertex-ai',
      port: portOf(env, 'AIP_HTTP_PORT'),
      model: localPath(env['AIP_STORAGE_URI']),
      modelFolder: undefined,
      vertex,
    }
  }
  const isMany = env['SAGEMAKER_MULTI_MODEL'] === 'true'
  const isSagemaker = isMany || env['SAGEMAKER_BIND_TO_PORT'] !== undefined || exists('/opt/ml')
  if (!isSagemaker) {
    return {
      platform: undefined,
      port: undefined,
      model: undefined,
      modelFolder: undefined,
      vertex: undefined,
    }
  }
  return {
    platform: 'sagemaker',
    port: portOf(env, 'SAGEMAKER_BIND_TO_PORT'),
    model: !isMany && exists(sagemakerModel) ? sagemakerModel : undefined,
    modelFolder: isMany ? sagemakerModels : undefined,
    vertex: undefined,
  }
}

function vertexRoutes(env: Environment): VertexRoutes | undefined {
  const [healthRoute, predictRoute] = [env['AIP_HEALTH_ROUTE'], env['AIP_PREDICT_ROUTE']]
  if (healthRoute === undefined && predictRoute === undefined) return undefined
  return {
    healthRoute: routeOf('AIP_HEALTH_ROUTE', healthRoute ?? '/ping'),
    predictRoute: routeOf('AIP_PREDICT_ROUTE', predictRoute ?? '/predict'),
  }
}

function routeOf(name: string, route: string): string {
  if (/^\/[^\s?#*]+$/.test(route)) return route
  throw new UsageError(`${name} must be a path that begins with a slash; received ${quote(route)}.`, {
    argument: name,
  })
}

function portOf(env: Environment, name: string): number | undefined {
  const given = env[name]
  if (given === undefined) return undefined
  const port = Number(given)
  if (/^\d+$/.test(given) && port >= 1 && port <= 65_535) return port
  throw new UsageError(`${name} must be a port, from 1 to 65535; received ${quote(given)}.`, {
    argument: name,
  })
}

function localPath(uri: string | undefined): string | undefined {
  if (uri === undefined || uri === '') return undefined
  if (uri.startsWith('file://')) return decodeURIComponent(uri.slice('file://'.length))
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return uri
  throw new UsageError(
    `AIP_STORAGE_URI is ${quote(uri)}, a bucket, which this server does not read. Put the bundle into the image, or mount the bucket, and give its path to 'modelwright serve'.`,
    { argument: 'AIP_STORAGE_URI' },
  )
}
