// A client in a process of its own: sends batches of metrics to a server and tells the milliseconds they took.
import { Agent, request } from 'node:http'
import { argv, stdout } from 'node:process'
import { batchBody, type Batch } from './batches.js'

/** What it tells. */
export type Milliseconds = number

const [url, runId, first, count] = argv.slice(2) as [string, string, string, string]
/** Enough that the server never waits for a client. */
const connections = 4

const agent = new Agent({ keepAlive: true, maxSockets: connections })

function send(body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/api/2.0/mlflow/runs/log-batch`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => {
        answer.resume()
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`)),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const bodies = Array.from({ length: Number(count) }, (_, i) => batchBody(runId, (Number(first) + i) as Batch))
const start = performance.now()
let next = 0
const sender = async (): Promise<void> => {
  while (next < bodies.length) await send(bodies[next++]!)
}
await Promise.all(Array.from({ length: connections }, sender))
stdout.write(JSON.stringify((performance.now() - start) satisfies Milliseconds))
agent.destroy()
