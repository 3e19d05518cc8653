// A server that speaks MLflow's protocol over a store of its own, asked as its clients ask.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from '../../src/app/http/server.js'
import { mlflowFace } from '../../src/app/http/mlflow/index.js'
import { mlflowArtifactsFace } from '../../src/app/http/mlflow-artifacts/index.js'
import { type Artifacts, openArtifacts } from '../../src/operate/artifacts/index.js'
import { openStore, type Store } from '../../src/operate/store/index.js'

export interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer is looked into freely by tests
  readonly body: any
}

export interface MlflowServer extends AsyncDisposable {
  readonly store: Store
  readonly artifacts: Artifacts
  get(path: string, query?: Readonly<Record<string, string | number | readonly string[]>>): Promise<Answer>
  post(path: string, body?: object | string): Promise<Answer>
  ask(method: 'PATCH' | 'DELETE' | 'PUT', path: string, body?: object): Promise<Answer>
  inject: Awaited<ReturnType<typeof createServer>>['inject']
  listen(): Promise<string>
}

/** Paths are those behind `/api/2.0/mlflow`. */
export async function startMlflow(
  time: () => number = () => 1_700_000_000_000,
  storeUrl?: string,
): Promise<MlflowServer> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-mlflow-'))
  const store = await openStore(storeUrl ?? join(folder, 'store.db'), { time })
  const artifacts = await openArtifacts({ url: join(folder, 'artifacts'), store })
  const server = await createServer({ store, artifacts }, { faces: [mlflowFace, mlflowArtifactsFace] })
  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
    path: string,
    body?: object | string,
  ): Promise<Answer> => {
    const answer = await server.inject({
      method,
      url: `/api/2.0/mlflow${path}`,
      ...(body !== undefined && { payload: body, headers: { 'content-type': 'application/json' } }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  return {
    store,
    artifacts,
    post: (path, body = {}) => ask('POST', path, body),
    ask,
    get(path, query = {}) {
      const parts = new URLSearchParams()
      for (const [key, value] of Object.entries(query)) {
        for (const one of Array.isArray(value) ? value : [value]) parts.append(key, String(one))
      }
      return ask('GET', parts.size === 0 ? path : `${path}?${parts.toString()}`)
    },
    inject: server.inject.bind(server) as never,
    listen: () => server.listen({ port: 0, host: '127.0.0.1' }),
    async [Symbol.asyncDispose]() {
      await server.close()
      artifacts.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
