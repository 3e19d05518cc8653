// The server on real sockets: where it listens, slow and crooked clients, too many of them, and going away.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get as httpGet, type IncomingMessage, request as httpRequest } from 'node:http'
import { get as httpsGet } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { FormatError, NotFoundError, UsageError } from '../../base/index.js'
import type { Face } from './face.js'
import { type ListenOptions, type RunningServer, startServer } from './start-server.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-server-'))
const running: RunningServer[] = []
afterAll(async () => {
  for (const server of running) await server.stop({ timeout: 0 })
  rmSync(folder, { recursive: true, force: true })
})

/** Requests that wait until they are let go. */
function gate() {
  const waiting: (() => void)[] = []
  let arrived = 0
  let wanted: { readonly count: number; readonly resolve: () => void } | undefined
  const face: Face = (routes) => {
    routes.get('/wait', async () => {
      arrived++
      if (wanted !== undefined && arrived >= wanted.count) wanted.resolve()
      await new Promise<void>((resolve) => waiting.push(resolve))
      return { waited: true }
    })
  }
  return {
    face,
    arrived: (count: number) =>
      arrived >= count ? Promise.resolve() : new Promise<void>((resolve) => (wanted = { count, resolve })),
    open: () => waiting.splice(0).forEach((go) => go()),
  }
}

const echo: Face = (routes) => {
  routes.get('/hello', async () => ({ hello: true }))
  routes.post('/echo', async (request) => request.body)
  routes.get('/never', () => new Promise(() => undefined))
  routes.get('/events', { config: { longLived: true } }, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream' })
    reply.raw.write('data: 1\n\n')
    streams.push(() => reply.raw.end())
  })
}
const streams: (() => void)[] = []

async function start(options: Partial<ListenOptions> = {}): Promise<RunningServer> {
  const server = await startServer({}, { port: 0, faces: [echo], ...options })
  running.push(server)
  return server
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

function ask(
  url: string,
  options: { readonly agent?: Agent; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpGet(url, options, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }))
    }).on('error', reject)
  })
}

/** A connection that writes what it is told, and all that comes back once the server has closed it. */
function raw(url: string): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  socket.on('error', () => undefined)
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(text))) }
}

const statusesOf = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!)

describe('where it listens', () => {
  test('is this machine alone, and only by names of it', async () => {
    const { url } = await start()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const { port } = new URL(url)
    const named = async (host: string): Promise<number> =>
      (await ask(`${url}/hello`, { headers: { host } })).status
    expect(await named(`localhost:${port}`)).toBe(200)
    expect(await named(`LOCALHOST`)).toBe(200)
    expect(await named(`[::1]:${port}`)).toBe(200)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil'])
      expect({ host, status: await named(host) }).toEqual({ host, status: 403 })
  })

  test('others only with keys, or when that is said', async () => {
    const refused = await startServer({}, { port: 0, host: '0.0.0.0', faces: [] }).catch(
      (error: unknown) => error,
    )
    expect(refused).toSatisfy(UsageError.is)
    expect(String(refused)).toMatch(/keys create.*--insecure-no-auth/)
    const { url } = await start({ host: '0.0.0.0', insecure: true })
    expect((await ask(`${url}/hello`, { headers: { host: 'models.example' } })).status).toBe(200)
  })

  test('a port that is taken is refused with a sentence', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    const refused = await startServer({}, { port, faces: [] }).catch((error: unknown) => error)
    expect(refused).toSatisfy(UsageError.is)
    expect(String(refused)).toContain(`port ${port}`)
  })

  test('an address that this machine does not have too', async () => {
    const refused = startServer({}, { port: 0, host: '192.0.2.1', faces: [], insecure: true })
    await expect(refused).rejects.toSatisfy(UsageError.is)
  })
})

describe('TLS', () => {
  const files = (name: string) => ({ cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) })
  const make = (name: string): void => {
    const { cert, key } = files(name)
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
    ]
    execFileSync('openssl', [...args, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' })
  }
  const peerOf = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { rejectUnauthorized: false, agent: false } as const
      httpsGet(`${url}/hello`, options, (answer) => {
        const socket = answer.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
        resolve(socket.getPeerCertificate().subject.CN)
        answer.resume()
      }).on('error', reject)
    })

  test('answers by it alone, says so to browsers, and takes a renewed certificate', async () => {
    make('first')
    make('second')
    const { cert, key } = files('first')
    const { url, server } = await start({ tlsFiles: { cert, key } })
    expect(url).toMatch(/^https:/)
    expect(await peerOf(url)).toBe('first')
    await expect(ask(`${url.replace('https', 'http')}/hello`)).rejects.toThrow()
    const hello = await server.inject('/hello')
    expect(hello.headers['strict-transport-security']).toContain('max-age')
    copyFileSync(files('second').cert, cert)
    copyFileSync(files('second').key, key)
    process.emit('SIGHUP')
    await expect.poll(() => peerOf(url)).toBe('second')
    // What cannot be read changes nothing.
    writeFileSync(cert, 'nonsense')
    process.emit('SIGHUP')
    expect(await peerOf(url)).toBe('second')
  })

  test.each([
    ['no file', { cert: join(folder, 'none.crt'), key: join(folder, 'none.key') }, NotFoundError],
    ['no certificate', { cert: import.meta.filename, key: import.meta.filename }, FormatError],
  ])('%s is refused with a sentence', async (_name, tlsFiles, kind) => {
    await expect(startServer({}, { port: 0, faces: [], tlsFiles })).rejects.toSatisfy(kind.is)
  })
})

describe('slow and crooked clients', () => {
  test('headers that drip in end with 408, and hold up nobody', async () => {
    const { url } = await start({ headersTimeout: 200 })
    const { socket, closed } = raw(url)
    socket.write('GET /hello HTTP/1.1\r\nHost: localhost\r\n')
    const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 20)
    expect((await ask(`${url}/hello`)).status).toBe(200)
    expect(statusesOf(await closed)).toEqual(['408'])
    clearInterval(timer)
  })

  test('bodies that drip in end, those that take long but come do not', async () => {
    const { url } = await start({ slowBody: 300 })
    const begin =
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: '
    const [slow, steady] = [raw(url), raw(url)]
    slow.socket.write(`${begin}1000000\r\n\r\n"`)
    const timer = setInterval(() => slow.socket.write('x'), 20)
    const text = JSON.stringify('y'.repeat(20_000))
    steady.socket.write(`${begin}${text.length}\r\nConnection: close\r\n\r\n`)
    for (let i = 0; i < text.length; i += 2000) {
      steady.socket.write(text.slice(i, i + 2000))
      await sleep(60)
    }
    expect(statusesOf(await steady.closed)).toEqual(['200'])
    expect(await slow.closed).toBe('')
    clearInterval(timer)
  })

  test.each([
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    ],
    [
      'a length and chunks',
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n',
    ],
    [
      'a crooked encoding',
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    ],
    ['a space before the colon', 'GET /hello HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['a folded line', 'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n 2\r\nX-\u0000: 1\r\n\r\n'],
    ['two hosts', 'GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n'],
    ['no host', 'GET /hello HTTP/1.1\r\n\r\n'],
    ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00FC\u0003\u0003'],
    [
      'headers of a megabyte',
      `GET /hello HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(2 ** 20)}\r\n\r\n`,
    ],
  ])('%s: one refusal at most, and the connection ends', async (_name, text) => {
    const { url } = await start({ headersTimeout: 300 })
    const { socket, closed } = raw(url)
    socket.write(text, 'latin1')
    socket.end()
    const statuses = statusesOf(await closed)
    expect(statuses.length).toBeLessThanOrEqual(1)
    for (const status of statuses) expect(status).toMatch(/^4/)
    expect((await ask(`${url}/hello`)).status).toBe(200)
  })

  test('bodies that are no JSON, too large, or of an unknown kind are refused with a reason and no trace of code', async () => {
    const { server } = await start({ bodyLimit: 1000 })
    for (const [payload, type, status] of [
      ['{"a":', 'application/json', 400],
      ['{"__proto__":{"x":1}}', 'application/json', 400],
      ['{"constructor":{"prototype":{"x":1}}}', 'application/json', 400],
      [JSON.stringify('x'.repeat(2000)), 'application/json', 413],
      ['\u0000\u0001', 'application/x-pickle', 415],
      ['', 'application/json', 400],
    ] as const) {
      const answer = await server.inject({
        method: 'POST',
        url: '/echo',
        payload,
        headers: { 'content-type': type },
      })
      expect({ payload: payload.slice(0, 20), status: answer.statusCode }).toEqual({
        payload: payload.slice(0, 20),
        status,
      })
      expect(answer.json().error.message).toMatch(/[.]$/)
      expect(answer.body).not.toMatch(/\bat .*\.js|node_modules/)
    }
  })
})

describe('too much', () => {
  test('requests beyond those in flight are asked to come again; probes are answered', async () => {
    const { face, arrived, open } = gate()
    const { url } = await start({ faces: [face, echo], maxInFlight: 2 })
    const first = [ask(`${url}/wait`), ask(`${url}/wait`)]
    await arrived(2)
    const refused = await ask(`${url}/hello`)
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    expect(JSON.parse(refused.body).error.code).toBe('overload')
    expect((await ask(`${url}/healthz`)).status).toBe(200)
    open()
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200])
    expect((await ask(`${url}/hello`)).status).toBe(200)
  })

  test('clients that go away give their place back', async () => {
    const { face, arrived, open } = gate()
    const { url, server } = await start({ faces: [face, echo], maxInFlight: 1 })
    const { socket, closed } = raw(url)
    socket.write('GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await arrived(1)
    socket.destroy()
    await closed
    await expect.poll(() => server.openRequests.count).toBe(0)
    expect((await ask(`${url}/hello`)).status).toBe(200)
    open()
  })

  test('an answer that is not ready in time is given up', async () => {
    const { url } = await start({ timeout: 50 })
    const late = await ask(`${url}/never`)
    expect([late.status, late.headers['retry-after']]).toEqual([503, '1'])
    expect(JSON.parse(late.body).error.details.reason).toBe('timeout')
  })

  test('more requests in a second than a client may send are refused, its probes are not', async () => {
    const { url } = await start({ rate: 5 })
    const asked = Array.from({ length: 60 }, (_, i) => ask(`${url}/${i % 2 === 0 ? 'hello' : 'nowhere'}`))
    const answers = await Promise.all(asked)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThanOrEqual(55)
    expect(refused[0]!.headers['retry-after']).toBe('1')
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 404, 429]))
    expect((await ask(`${url}/readyz`)).status).toBe(200)
  })
})

describe('what every answer has', () => {
  test('a name: the one that came when it can be written anywhere, else a new one', async () => {
    const { server } = await start()
    const nameOf = async (given: string): Promise<string> =>
      String(
        (await server.inject({ url: '/hello', headers: { 'x-request-id': given } })).headers['x-request-id'],
      )
    expect(await nameOf('order-17.retry:2')).toBe('order-17.retry:2')
    for (const given of ['', 'a b', 'x'.repeat(129), '"><script>', 'ü'])
      expect(await nameOf(given)).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('headers that hold browsers back, refusals too', async () => {
    const { server } = await start()
    for (const url of ['/hello', '/nowhere']) {
      const { headers } = await server.inject(url)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toMatch(/script-src 'self';/)
      expect(headers['x-frame-options']).toBe('SAMEORIGIN')
      expect(headers).not.toHaveProperty('strict-transport-security')
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test('leave to call for the pages that were named, and no others', async () => {
    const origin = 'https://app.example'
    const { server } = await start({ origins: [origin] })
    const preflight = (from: string) =>
      server.inject({
        method: 'OPTIONS',
        url: '/echo',
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-api-key',
        },
      })
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBe(origin)
    expect((await preflight('https://evil.example')).headers['access-control-allow-origin']).not.toBe(
      'https://evil.example',
    )
    const post = (from: string) =>
      server.inject({ method: 'POST', url: '/echo', payload: { a: 1 }, headers: { origin: from } })
    expect((await post(origin)).statusCode).toBe(200)
    expect((await post('https://evil.example')).statusCode).toBe(403)
    expect((await server.inject({ url: '/hello', headers: { origin } })).headers).not.toHaveProperty(
      'access-control-allow-credentials',
    )
  })
})

describe('going away', () => {
  test('answers what has begun and what comes on open connections, tells them to close, takes no new ones', async () => {
    const { face, arrived, open } = gate()
    const { url, stop } = await start({ faces: [face, echo] })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    expect((await ask(`${url}/hello`, { agent })).headers.connection).toBe('keep-alive')
    const waiting = ask(`${url}/wait`)
    await arrived(1)
    const stopped = stop({ timeout: 20_000 })
    await expect(ask(`${url}/hello`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const last = await ask(`${url}/hello`, { agent })
    expect([last.status, last.headers.connection]).toEqual([200, 'close'])
    open()
    expect((await waiting).status).toBe(200)
    expect(await stopped).toBe(true)
    agent.destroy()
  })

  test('says so to load balancers first', async () => {
    const { url, stop } = await start()
    expect((await ask(`${url}/readyz`)).status).toBe(200)
    const stopped = stop({ delay: 1500 })
    const answer = await ask(`${url}/readyz`)
    expect([answer.status, JSON.parse(answer.body).faults]).toEqual([503, { server: 'closes' }])
    expect((await ask(`${url}/hello`)).status).toBe(200)
    expect(await stopped).toBe(true)
  })

  test('cuts off what does not end, and says so', async () => {
    const { face, arrived } = gate()
    const { url, stop } = await start({ faces: [face] })
    const waiting = ask(`${url}/wait`)
    const seen = waiting.catch((error: unknown) => error)
    await arrived(1)
    expect(await stop({ timeout: 100 })).toBe(false)
    expect(await seen).toMatchObject({ code: 'ECONNRESET' })
  })

  test.each([
    ['is waited for', 'the rest', 20_000, true, '200'],
    ['that does not end is cut off', undefined, 300, false, ''],
  ])('a file that is on its way %s', async (_name, rest, timeout, isAnswered, status) => {
    const upload: Face = (routes) => {
      routes.addContentTypeParser('application/octet-stream', (_request, body, done) => done(null, body))
      routes.put('/file', { config: { longLived: true } }, async (request) => {
        let bytes = 0
        for await (const part of request.body as AsyncIterable<Buffer>) bytes += part.length
        return { bytes }
      })
    }
    const { url, stop, server } = await start({ faces: [upload] })
    const { socket, closed } = raw(url)
    socket.write(
      'PUT /file HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 12\r\n\r\nhalf',
    )
    await expect.poll(() => server.openRequests.lastAt).toBeGreaterThan(0)
    const stopped = stop({ timeout })
    if (rest !== undefined) setTimeout(() => socket.write(rest), 700)
    expect(await stopped).toBe(isAnswered)
    expect(statusesOf(await closed).join()).toBe(status)
  })

  test('a stream of events is not waited for', async () => {
    const { url, stop, server } = await start()
    const first = await new Promise<IncomingMessage>((resolve) => {
      const asked = httpRequest(`${url}/events`, resolve)
      asked.on('error', () => undefined)
      asked.end()
    })
    await new Promise((resolve) => first.once('data', resolve))
    expect(server.openRequests.count).toBe(0)
    const ended = new Promise((resolve) => first.once('close', resolve))
    const stopped = stop()
    for (const end of streams) end()
    await ended
    expect(await stopped).toBe(true)
  })
})
