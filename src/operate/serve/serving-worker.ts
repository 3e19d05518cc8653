// The other end of worker-lane.ts: opens graphs and runs them, one request after the other.
import { parentPort } from 'node:worker_threads'
import { now, plainError, UsageError } from '../../base/index.js'
import { openSession, type Port, type Session } from '../../engine/onnx/index.js'
import type { OpenedGraph } from './lane.js'
import { joined } from './tensor-rows.js'
import {
  fromWire,
  type LaneRequest,
  type LaneResponse,
  toWire,
  type WireResult,
  type WireTensors,
} from './worker-messages.js'

const port = parentPort!
const sessions = new Map<number, Session>()
const namesOf = (ports: readonly Port[]): string[] => ports.map(({ name }) => name)

async function open(request: LaneRequest & { type: 'open' }): Promise<OpenedGraph> {
  const { file, engine, threads } = request
  const before = process.memoryUsage.rss()
  const start = now()
  // The runtime wants memory that is not shared.
  const model = 'path' in file ? file.path : new Uint8Array(file.bytes)
  const session = await openSession(model, { engine, threads })
  sessions.set(request.session, session)
  const { inputs, outputs } = session
  const growth = Math.max(0, process.memoryUsage.rss() - before)
  return { inputs, outputs, engine: session.engine, note: session.note, time: now() - start, growth }
}

async function runOnce(session: Session, inputs: WireTensors, memory: ArrayBuffer[]): Promise<WireResult> {
  const start = now()
  try {
    const outputs = await session.run(fromWire(inputs, session.inputs))
    const time = now() - start
    // The runtime's own memory cannot be given away.
    const copy = joined([outputs], namesOf(session.outputs))
    memory.push(copy.memory)
    return { ...toWire(copy.tensors, session.outputs), time }
  } catch (error) {
    return { error: plainError(error), time: now() - start }
  }
}

async function answer(request: LaneRequest): Promise<void> {
  const send = (response: LaneResponse, memory: ArrayBuffer[] = []): void =>
    port.postMessage(response, memory)
  switch (request.type) {
    case 'open':
      return send({ id: request.id, opened: await open(request) })
    case 'run': {
      const session = sessions.get(request.session)
      if (session === undefined) throw new UsageError('The worker has no such session.')
      const memory: ArrayBuffer[] = []
      const results: WireResult[] = []
      for (const inputs of request.runs) results.push(await runOnce(session, inputs, memory))
      return send({ id: request.id, results }, memory)
    }
    case 'close':
      await sessions.get(request.session)?.close()
      sessions.delete(request.session)
      return send({ id: request.id, closed: true })
    case 'exit':
      for (const session of sessions.values()) await session.close()
      port.close()
      return undefined
  }
}

const known: readonly string[] = ['open', 'run', 'close', 'exit'] satisfies LaneRequest['type'][]
let last: Promise<void> = Promise.resolve()
port.on('message', (request: LaneRequest) => {
  // At once, whatever runs: who sent it does not belong here, and a thread in doubt ends.
  if (!known.includes(request.type)) throw new Error('Unknown message.')
  last = last
    .then(() => answer(request))
    .catch((error: unknown) => {
      if (request.type === 'exit') throw error
      port.postMessage({ id: request.id, error: plainError(error) } satisfies LaneResponse)
    })
})
