// A model in a server of Node's own: fitted once, then asked row by row without a runtime.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { autoPrepare, ModelwrightError, pipeline, readTable } from 'modelwright'
import { logisticRegression } from 'modelwright/linear'

const customers = await readTable('examples/data/telco-churn.csv')
const model = await pipeline(autoPrepare(), logisticRegression()).fit(customers.drop('customerID'), {
  target: 'Churn',
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const row = JSON.parse(await text(request)) as Record<string, string | number | null>
    response.end(JSON.stringify({ churn: model.predictRow(row) }))
  } catch (error) {
    // A row that lacks a column, or text that is not JSON, is the caller's to mend.
    const theirs = ModelwrightError.is(error) || error instanceof SyntaxError
    response.writeHead(theirs ? 400 : 500)
    response.end(JSON.stringify({ message: (error as Error).message }))
  }
}

const server = createServer((request, response) => void answer(request, response))
// Port 0 takes any free one; yours will be fixed.
await new Promise<void>((resolve) => server.listen(0, resolve))

const { port } = server.address() as { port: number }
const [customer] = (await readTable('examples/data/three-customers.csv')).toRows()
const reply = await fetch(`http://localhost:${port}`, { method: 'POST', body: JSON.stringify(customer) })
console.log(`${reply.status} ${await reply.text()}`)
server.close()
