// The files of deploy/ against the server that they start: what they name exists and answers as they expect. Clusters are not needed.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { smallBundle } from '../support/bundles.js'
import { root, scratch } from '../support/cli.js'
import { served } from '../support/served.js'

const folder = scratch()
const deploy = join(root, 'deploy')

beforeAll(async () => {
  await smallBundle(folder.path, 'houses')
})

/** A parser of YAML that a tool of development brings along; the package itself reads none. */
const require = createRequire(import.meta.url)
const { parseAllDocuments } = createRequire(require.resolve('knip'))('yaml') as {
  parseAllDocuments(text: string, options: object): { errors: unknown[]; toJS(): Resource }[]
}

interface Resource {
  readonly kind: string
}

interface Container {
  readonly args: string[]
  readonly env: { name: string; value?: string; valueFrom?: unknown }[]
  readonly ports: { name?: string; containerPort: number }[]
  readonly securityContext: Record<string, unknown>
  readonly resources: { requests: Record<string, string>; limits: Record<string, string> }
  readonly volumeMounts?: { mountPath: string; readOnly?: boolean }[]
  readonly startupProbe?: Probe
  readonly readinessProbe: Probe
  readonly livenessProbe: Probe
}

interface Probe {
  readonly httpGet: { path: string; port: string | number }
}

function documents(file: string): Resource[] {
  const parsed = parseAllDocuments(readFileSync(join(deploy, file), 'utf8'), {
    strict: true,
    uniqueKeys: true,
  })
  for (const { errors } of parsed) expect(errors).toEqual([])
  return parsed.map((document) => document.toJS())
}

const only = <T>(file: string, kind: string): T =>
  documents(file).find((resource) => resource.kind === kind) as unknown as T

interface DeploymentSpec {
  readonly selector: { matchLabels: Record<string, string> }
  readonly template: {
    metadata: { labels: Record<string, string> }
    spec: { containers: Container[]; terminationGracePeriodSeconds: number }
  }
}

const deployment = () => only<{ spec: DeploymentSpec }>('kubernetes/deployment.yaml', 'Deployment').spec
const runtime = () =>
  only<{ spec: { containers: Container[] } }>('kserve/serving-runtime.yaml', 'ServingRuntime').spec

describe.each([
  ['kubernetes', () => deployment().template.spec.containers[0]!, '/models'],
  ['kserve', () => runtime().containers[0]!, '/mnt/models'],
])('the container of %s', (_name, containerOf, mount) => {
  test('starts with its own arguments and variables, and its probes get the answers they need', async () => {
    const container = containerOf()
    const port = container.ports[0]!.containerPort
    expect(container.args).toContain(`--port=${port}`)
    const args = container.args.map((arg) =>
      arg
        .replace(mount, join(folder.path, 'houses'))
        .replace('{{.Name}}', 'churn')
        .replace(`--port=${port}`, '--port=0'),
    )
    const secret = 'a'.repeat(64)
    const variables = container.env.map(({ name, value }) => [name, value ?? secret])
    const env = Object.fromEntries([...variables, ['MODELWRIGHT_HOST', '0.0.0.0']]) as Record<string, string>
    const server = await served(args, { cwd: folder.path, env })
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      if (probe === undefined) continue
      const { path, port: where } = probe.httpGet
      expect([port, container.ports[0]!.name]).toContain(where)
      // As kubelet asks: by the address of the pod, without a key.
      const answer = await fetch(`${server.url}${path}`, { headers: { host: '10.0.0.7' } })
      expect([path, answer.status]).toEqual([path, 200])
    }
    const models = await fetch(`${server.url}/api/v1/serving/models`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    expect(models.status).toBe(200)
    const name = container.args.some((arg) => arg.startsWith('--name')) ? 'churn' : 'houses'
    expect(await models.text()).toContain(`"${name}"`)
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  }, 30_000)

  test('may do little', () => {
    const { securityContext, resources } = containerOf()
    expect(securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(resources.requests).toHaveProperty('memory')
    expect(resources.limits).toHaveProperty('memory')
  })
})

describe('the manifests of Kubernetes', () => {
  test('name each other rightly', () => {
    const listed = only<{ resources: string[] }>('kubernetes/kustomization.yaml', 'Kustomization').resources
    const files = readdirSync(join(deploy, 'kubernetes')).filter((file) => file !== 'kustomization.yaml')
    expect(listed.toSorted()).toEqual(files.toSorted())
    const { selector, template } = deployment()
    const [container] = template.spec.containers
    expect(template.metadata.labels).toMatchObject(selector.matchLabels)
    const service = only<{ spec: { selector: object; ports: { targetPort: string }[] } }>(
      'kubernetes/service.yaml',
      'Service',
    ).spec
    expect(template.metadata.labels).toMatchObject(service.selector)
    expect(container!.ports.map(({ name }) => name)).toContain(service.ports[0]!.targetPort)
    const scaler = only<{ spec: { scaleTargetRef: object; minReplicas: number } }>(
      'kubernetes/scaling.yaml',
      'HorizontalPodAutoscaler',
    ).spec
    expect(scaler.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'modelwright' })
    const budget = only<{ spec: { minAvailable: number; selector: { matchLabels: object } } }>(
      'kubernetes/scaling.yaml',
      'PodDisruptionBudget',
    ).spec
    expect(budget.minAvailable).toBeLessThan(scaler.minReplicas)
    expect(budget.selector.matchLabels).toEqual(selector.matchLabels)
    const policy = only<{ spec: { podSelector: { matchLabels: object } } }>(
      'kubernetes/network-policy.yaml',
      'NetworkPolicy',
    ).spec
    expect(policy.podSelector.matchLabels).toEqual(selector.matchLabels)
  })

  test('give the server the time that it takes to end', () => {
    const { spec } = deployment().template
    const seconds = (name: string): number =>
      Number(new RegExp(`--${name}=(\\d+)s`).exec(spec.containers[0]!.args.join(' '))![1])
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(
      seconds('drain-delay') + seconds('drain-timeout'),
    )
  })

  test('hold no secret', () => {
    for (const file of readdirSync(deploy, { recursive: true, encoding: 'utf8' })) {
      if (statSync(join(deploy, file)).isDirectory()) continue
      expect(readFileSync(join(deploy, file), 'utf8')).not.toMatch(/mw_[\w-]{20,}|password: *\S/)
    }
  })
})

async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

describe('the Dockerfile', () => {
  const text = readFileSync(join(deploy, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
  const instructions = text.split('\n').flatMap((line) => {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? []
    return word === undefined ? [] : [{ word, rest: rest! }]
  })
  const last = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'))
  const lastOf = (word: string): string => last.find((instruction) => instruction.word === word)!.rest

  test('copies what is there, and starts what is built', () => {
    const copied = instructions.filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'))
    for (const { rest } of copied) {
      for (const source of rest.split(/\s+/).slice(0, -1))
        expect([source, existsSync(join(root, source))]).toEqual([source, true])
    }
    const [, target] = /ln -s \/app\/(\S+) \/usr\/local\/bin\/modelwright/.exec(lastOf('RUN'))!
    expect(existsSync(join(root, target!))).toBe(true)
    expect(JSON.parse(lastOf('ENTRYPOINT'))).toEqual(['modelwright'])
    expect(JSON.parse(lastOf('CMD'))).toEqual(['serve'])
  })

  test('gives no rights, and keeps what it need not know out', () => {
    expect(lastOf('USER')).toBe('1000')
    expect(last.findIndex(({ word }) => word === 'USER')).toBeLessThan(
      last.findIndex(({ word }) => word === 'ENTRYPOINT'),
    )
    expect(readFileSync(join(deploy, 'Dockerfile.dockerignore'), 'utf8').split('\n')).toContain('.git')
  })

  const check = (environment: Readonly<Record<string, string>>): Promise<number> => {
    const [, command] = /CMD (\[.*\])$/.exec(lastOf('HEALTHCHECK'))!
    const [, ...args] = JSON.parse(command!) as string[]
    return promisify(execFile)(process.execPath, args, { env: environment }).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
  }

  test('its variables let SageMaker, Vertex AI and Docker start the same image, and its check finds each', async () => {
    const image = { MODELWRIGHT_HOST: '0.0.0.0', MODELWRIGHT_MODELS: join(folder.path, 'houses') }
    for (const [name, variable] of Object.entries({
      MODELWRIGHT_HOST: '0.0.0.0',
      MODELWRIGHT_MODELS: '/models',
    }))
      expect(lastOf('ENV')).toContain(`${name}=${variable}`)
    const free = await freePort()
    for (const [platform, env] of [
      [/Started by SageMaker/, { SM_MODEL_DIR: join(folder.path, 'houses'), SAGEMAKER_BIND_TO_PORT: free }],
      [/Started by Vertex AI/, { AIP_HTTP_PORT: free, AIP_STORAGE_URI: 'gs://bucket/model' }],
      [/asks for no keys/, { MODELWRIGHT_PORT: free, MODELWRIGHT_INSECURE_NO_AUTH: '1' }],
    ] as const) {
      const server = await served(['serve'], { cwd: folder.path, env: { ...image, ...env } })
      expect(new URL(server.url).port).toBe(free)
      await expect.poll(() => server.stdout, { timeout: 20_000 }).toMatch(platform)
      expect(await check(env)).toBe(0)
      server.child.kill('SIGTERM')
      expect(await server.ended).toBe(0)
      expect(await check(env)).toBe(1)
    }
  }, 60_000)
})
