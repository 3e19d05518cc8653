// Clients that hold places by being slow: bodies that drip in, answers that nobody takes, connections that say nothing.
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Face } from './face.js'
import { type ListenOptions, type RunningServer, startServer } from './start-server.js'

const running: RunningServer[] = []
const clients: Socket[] = []
afterAll(async () => {
  for (const client of clients) client.destroy()
  for (const server of running) await server.stop({ timeout: 0 })
})

/** More than the buffers of both ends take, which is ten megabytes at most. */
const large = 'x'.repeat(24 * 2 ** 20)
/** Milliseconds: short for a test, the way is the same. */
const slowBody = 300

const face: Face = (routes) => {
  routes.get('/hello', async () => 'hello')
  routes.get('/large', async () => large)
  routes.get('/late', async () => {
    await sleep(4 * slowBody)
    return 'late'
  })
  routes.post('/echo', async () => 'echo')
  routes.post('/login', { config: { scope: 'open' } }, async () => 'in')
  routes.addContentTypeParser('application/x-stream', (_request, body, done) => done(null, body))
  routes.post('/unhurried', async ({ body }) => {
    await sleep(4 * slowBody)
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length
    return String(bytes)
  })
}

async function start(options: Partial<ListenOptions> = {}): Promise<RunningServer> {
  const server = await startServer({}, { port: 0, faces: [face], slowBody, ...options })
  running.push(server)
  return server
}

/** A connection that has sent this, and all that it has received once it is closed. It reads when it is told to. */
function client({ url }: RunningServer, text: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  clients.push(socket)
  let received = ''
  socket.on('error', () => undefined)
  socket.write(text)
  return {
    socket,
    read: () => socket.setEncoding('latin1').on('data', (part: string) => (received += part)),
    closed: new Promise<string>((resolve) => socket.once('close', () => resolve(received))),
  }
}

const ask = (path: string, ...headers: string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n`
const post = (path: string, ...headers: string[]): string =>
  ask(path, 'Content-Type: application/json', ...headers).replace('GET', 'POST')

const statusOf = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, (answer) => answer.resume().on('end', () => resolve(answer.statusCode!))).on('error', reject)
  })

test('bodies that drip in end, however many there are of one name', async () => {
  const server = await start({ maxInFlight: 3 })
  const slow = Array.from({ length: 3 }, () =>
    client(server, `${post('/echo', 'X-Request-Id: same', 'Content-Length: 100000')}{`),
  )
  const drip = setInterval(() => slow.forEach(({ socket }) => socket.write(' ')), 20)
  for (const { read, closed } of slow) {
    read()
    expect(await closed).toBe('')
  }
  clearInterval(drip)
  expect(await statusOf(`${server.url}/hello`)).toBe(200)
})

test('bodies that come fast and then not at all end too', async () => {
  const server = await start()
  const burst = client(server, `${post('/echo', 'Content-Length: 8000000')}"${'x'.repeat(4_000_000)}`)
  burst.read()
  expect(await burst.closed).toBe('')
})

test('so do bodies that were refused, which nobody waits for', async () => {
  const server = await start()
  const refused = client(server, post('/echo', 'Content-Length: 100000').replace('localhost', 'evil.example'))
  const drip = setInterval(() => refused.socket.write(' '), 20)
  refused.read()
  expect(await refused.closed).toMatch(/^HTTP\/1.1 403/)
  clearInterval(drip)
})

test('bodies that would fill the memory together wait for others to go, however small they say to be', async () => {
  const server = await start({ jsonLimit: 400_000, bodyMemory: 1_000_000, slowBody: 5000 })
  const begun = ['Content-Length: 400000', 'Transfer-Encoding: chunked'].map((header) =>
    client(server, `${post('/echo', header)}1\r\n`),
  )
  const statusOfBody = async (length: number): Promise<number> => {
    const body = JSON.stringify('x'.repeat(length))
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${server.url}/echo`, { method: 'POST', headers, body })).status
  }
  await expect.poll(() => statusOfBody(300_000)).toBe(503)
  expect(await statusOfBody(3000)).toBe(200)
  begun[0]!.socket.destroy()
  await expect.poll(() => statusOfBody(300_000)).toBe(200)
})

test('a client that is still sending what was refused reads why, and goes on', async () => {
  const server = await start()
  const large = `${post('/echo', 'Content-Length: 20000000')}${' '.repeat(20_000_000)}`
  const { read, closed } = client(server, large + ask('/hello', 'Connection: close'))
  read()
  expect(await closed).toMatch(/^HTTP\/1.1 413 .*--max-json.*HTTP\/1.1 200 /s)
})

test('bodies that wait to be read here do not', async () => {
  const server = await start()
  const [head] = post('/unhurried', 'Content-Length: 8000000', 'Connection: close').split('\r\n\r\n')
  const { read, closed } = client(
    server,
    `${head!.replace('application/json', 'application/x-stream')}\r\n\r\n${'x'.repeat(8_000_000)}`,
  )
  read()
  expect(await closed).toMatch(/\r\n8000000$/)
})

test('answers that nobody takes give their place back; those that are taken slowly, or made slowly, arrive', async () => {
  // Long enough for a machine that is busy with other things.
  const server = await start({ maxInFlight: 3, slowBody: 1000 })
  const deaf = client(server, ask('/large'))
  const late = client(server, ask('/late', 'Connection: close'))
  const slow = client(server, ask('/large', 'Connection: close'))
  let bytes = 0
  slow.socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    slow.socket.pause()
    setTimeout(() => slow.socket.resume(), 5)
  })
  late.read()
  expect(await late.closed).toMatch(/late$/)
  await slow.closed
  expect(bytes).toBeGreaterThan(large.length)
  await expect.poll(() => server.server.openRequests.count, { timeout: 20_000 }).toBe(0)
  expect(await statusOf(`${server.url}/hello`)).toBe(200)
  deaf.socket.destroy()
})

test('connections that say nothing, or half of a line, end', async () => {
  const server = await start({ headersTimeout: 300 })
  for (const text of ['', 'GET /hel', 'GET /hello HTTP/1.1\r\nHost: loc']) {
    const { read, closed } = client(server, text)
    read()
    expect(await closed).toMatch(/^(HTTP\/1.1 408|$)/)
  }
  const half = client(server, 'GET /hel')
  half.read()
  half.socket.end()
  expect(await half.closed).toMatch(/^(HTTP\/1.1 400|$)/)
})

test('connections that only wait make room for those who ask', async () => {
  const server = await start({ slowBody: 30_000 })
  server.server.server.maxConnections = 3
  const idle = Array.from({ length: 3 }, () => client(server, ask('/hello')))
  for (const { socket, read } of idle) {
    read()
    await new Promise((resolve) => socket.once('data', resolve))
  }
  const attempt = (): Promise<number> => statusOf(`${server.url}/hello`).catch(() => 0)
  await expect.poll(attempt, { timeout: 10_000 }).toBe(200)
})

test('who needs no key sends no large body', async () => {
  const { server } = await start()
  const login = (length: number) =>
    server.inject({ method: 'POST', url: '/login', payload: { key: 'x'.repeat(length) } })
  expect((await login(256)).statusCode).toBe(200)
  expect((await login(5000)).statusCode).toBe(413)
})
