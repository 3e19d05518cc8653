// The engine of training in a worker thread: batches go there, losses come back, parameters are copied when they are asked for.
import { isMainThread, Worker } from 'node:worker_threads'
import { builtFile, InternalError, type PlainError, revivedError, workerFlags } from '../../../base/index.js'
import { switchTelemetryOff } from '../../../engine/onnx/index.js'
import { type Arrays, copied } from '../scope.js'
import type { NDArray } from '../../../engine/graph/index.js'
import type { EngineArrays, EngineState, StepEngine, StepPlan, StepRequest } from './step-engine.js'

/** What goes to the worker. */
export type WorkerRequest = { readonly id: number } & (
  | { readonly type: 'step'; readonly request: StepRequest }
  | {
      readonly type: 'evaluate'
      readonly batch: Readonly<Record<string, NDArray>>
      readonly average: boolean
    }
  | { readonly type: 'read' }
  | { readonly type: 'save' }
  | {
      readonly type: 'restore'
      readonly parameters: Arrays
      readonly states: Arrays
      readonly state: EngineState
    }
  | { readonly type: 'close' }
)

/** What comes back. */
export type WorkerResponse =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError }

/** What the worker says when it is open. */
export interface Opened {
  readonly engine: string
  readonly note: string | undefined
}

/** An engine in a worker: all that it does is waited for. Its arrays are copies, renewed by `read`. */
export type WorkerEngine = {
  readonly [Name in keyof StepEngine]: StepEngine[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : StepEngine[Name]
}

type Pending = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }

/** Starts a worker with an engine in it. */
export async function openWorkerEngine(plan: StepPlan): Promise<WorkerEngine> {
  // Native code of a worker sees the environment of the main thread only.
  if (isMainThread) switchTelemetryOff()
  const worker = new Worker(builtFile(import.meta.url, './training-worker.js'), {
    workerData: plan,
    ...workerFlags(),
  })
  // Training that is forgotten must not keep the program alive; each request holds it as long as it runs.
  worker.unref()
  const pending = new Map<number, Pending>()
  let next = 0
  const failAll = (error: Error): void => {
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  worker.on('error', failAll)
  worker.on('exit', () => failAll(new InternalError('The worker of training ended early.')))
  worker.on('message', (response: WorkerResponse) => {
    const waiting = pending.get(response.id)
    pending.delete(response.id)
    if (pending.size === 0) worker.unref()
    if ('error' in response) waiting?.reject(revivedError(response.error))
    else waiting?.resolve(response.result as never)
  })
  const ask = <Result>(request: Record<string, unknown>, id = ++next): Promise<Result> => {
    worker.ref()
    return new Promise<Result>((resolve, reject) => {
      pending.set(id, { resolve: resolve as never, reject })
      if (id !== 0) worker.postMessage({ ...request, id })
    })
  }
  // Request 0 is the opening itself, which the worker answers unasked.
  const opened = await ask<Opened>({}, 0)
  const parameters = copied(plan.parameters)
  const states = copied(plan.states)
  const renew = async (): Promise<EngineArrays> => {
    const arrays = await ask<EngineArrays>({ type: 'read' })
    for (const [mine, theirs] of [
      [parameters, arrays.parameters],
      [states, arrays.states],
    ] as const)
      for (const path of Object.keys(mine)) mine[path]!.data.set(theirs[path]!.data)
    return arrays
  }
  return {
    ...opened,
    parameters,
    gradients: {},
    states,
    step: (request) => ask({ type: 'step', request }),
    evaluate: (batch, average) => ask({ type: 'evaluate', batch, average }),
    read: renew,
    save: () => ask({ type: 'save' }),
    restore: (savedParameters, savedStates, state) =>
      ask({ type: 'restore', parameters: savedParameters, states: savedStates, state }),
    async close() {
      await ask({ type: 'close' }).catch(() => undefined)
      await worker.terminate()
    },
  }
}
