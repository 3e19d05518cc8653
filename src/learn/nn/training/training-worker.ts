// The other end of worker-engine.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { plainError } from '../../../base/index.js'
import { openStepEngine, type StepEngine, type StepPlan } from './step-engine.js'
import type { WorkerRequest, WorkerResponse } from './worker-engine.js'

const send = (response: WorkerResponse): void => parentPort!.postMessage(response)

async function answer(engine: StepEngine, request: WorkerRequest): Promise<unknown> {
  switch (request.type) {
    case 'step':
      return engine.step(request.request)
    case 'evaluate':
      return engine.evaluate(request.batch, request.average)
    case 'read':
      return engine.read()
    case 'save':
      return engine.save()
    case 'restore':
      return engine.restore(request.parameters, request.states, request.state)
    case 'close':
      return engine.close()
  }
}

try {
  const engine = await openStepEngine(workerData as StepPlan)
  // One after the other: a step changes what the next one reads.
  let last: Promise<unknown> = Promise.resolve()
  parentPort!.on('message', (request: WorkerRequest) => {
    last = last
      .then(() => answer(engine, request))
      .then(
        (result) => send({ id: request.id, result }),
        (error: unknown) => send({ id: request.id, error: plainError(error) }),
      )
  })
  send({ id: 0, result: { engine: engine.engine, note: engine.note } })
} catch (error) {
  send({ id: 0, error: plainError(error) })
}
