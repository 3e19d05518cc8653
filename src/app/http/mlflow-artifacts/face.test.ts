import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Artifacts, openArtifacts } from '../../../operate/artifacts/index.js'
import { openStore, type Store } from '../../../operate/store/index.js'
import type { Server } from '../face.js'
import { accessBy } from '../guard/access.js'
import { keyBook } from '../guard/key-book.js'
import { createServer } from '../server.js'
import { mlflowArtifactsFace } from './index.js'

const mebibyte = 2 ** 20
let root = ''
let home = ''
let store: Store
let artifacts: Artifacts
let server: Server
let origin = ''
let runId = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'modelwright-face-'))
  home = join(root, 'home')
  store = await openStore(join(root, 'store.db'))
  artifacts = await openArtifacts({ url: home, store, maxBlobBytes: 64 * mebibyte })
  // What bodies of other faces may have does not bind files.
  server = await createServer({ store, artifacts }, { faces: [mlflowArtifactsFace], bodyLimit: 1000 })
  await server.listen({ port: 0, host: '127.0.0.1' })
  origin = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  ;({ runId } = await store.runs.create({ experimentId: '0', name: 'run' }))
})
afterAll(async () => {
  await server.close()
  await store.close()
  await rm(root, { recursive: true, force: true })
})

const api = '/api/2.0/mlflow-artifacts'
const ofRun = (path: string): string => `${origin}${api}/artifacts/0/${runId}/artifacts/${path}`
const put = (path: string, body: string | Uint8Array, headers = {}): Promise<Response> =>
  fetch(ofRun(path), { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers })
const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${origin}${api}/mpu/${path}`, { method: 'POST', body: JSON.stringify(body) })
const list = async (path: string): Promise<unknown> =>
  (await fetch(`${origin}${api}/artifacts?path=${encodeURIComponent(path)}`)).json()
const errorOf = async (
  answer: Response,
): Promise<{ status: number; error_code: string; message: string }> => ({
  status: answer.status,
  ...((await answer.json()) as { error_code: string; message: string }),
})
/** What stands in the home under no name. */
const leftovers = (): Promise<string[]> => readdir(join(home, 'temporary')).catch(() => [])

describe('files', () => {
  it('are put, listed, read and deleted as MLflow does', async () => {
    const stored = await put('model/MLmodel', 'flavors: {}', { 'Content-Type': 'text/plain' })
    expect(stored.status).toBe(200)
    expect(stored.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await stored.json()).toEqual({})
    await put('model/data/x.json', '{"a": 1}', { 'Content-Type': 'application/json' })
    await put('empty.bin', '')
    const folder = `0/${runId}/artifacts`
    expect(await list(folder)).toEqual({
      files: [
        { path: 'empty.bin', is_dir: false, file_size: 0 },
        { path: 'model', is_dir: true },
      ],
    })
    expect(await list(`${folder}/model`)).toEqual({
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 11 },
        { path: 'data', is_dir: true },
      ],
    })
    expect(await list(`${folder}/model/MLmodel`)).toEqual({})
    expect(await list(`${folder}/nothing`)).toEqual({})
    const read = await fetch(ofRun('model/MLmodel'))
    expect(read.status).toBe(200)
    expect(await read.text()).toBe('flavors: {}')
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '11',
      'content-disposition': `attachment; filename=MLmodel; filename*=UTF-8''MLmodel`,
      'x-content-type-options': 'nosniff',
    })
    expect(await (await fetch(ofRun('model/data/x.json'))).text()).toBe('{"a": 1}')
    expect(await (await fetch(ofRun('empty.bin'))).text()).toBe('')
    const deleted = await fetch(ofRun('model'), { method: 'DELETE' })
    expect([deleted.status, await deleted.json()]).toEqual([200, {}])
    expect(await list(`${folder}/model`)).toEqual({})
    expect(await errorOf(await fetch(ofRun('model/MLmodel')))).toMatchObject({
      status: 404,
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    })
    // The page of MLflow asks elsewhere.
    const page = await fetch(ofRun('empty.bin').replace('/api/', '/ajax-api/'))
    expect(page.status).toBe(200)
  })

  it('are read in parts, by tag, and by their headers alone', async () => {
    const text = '0123456789'
    await put('digits.txt', text)
    const tag = `"${createHash('sha256').update(text).digest('hex')}"`
    const ask = (headers: Record<string, string>, method = 'GET') =>
      fetch(ofRun('digits.txt'), { method, headers })
    const part = await ask({ Range: 'bytes=2-4' })
    expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([
      206,
      'bytes 2-4/10',
      '3',
    ])
    expect(await part.text()).toBe('234')
    expect(await (await ask({ Range: 'bytes=-2' })).text()).toBe('89')
    expect(await (await ask({ Range: 'bytes=1-2', 'If-Range': tag })).text()).toBe('12')
    expect(await (await ask({ Range: 'bytes=1-2', 'If-Range': '"older"' })).text()).toBe(text)
    const beyond = await ask({ Range: 'bytes=10-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10'])
    const again = await ask({ 'If-None-Match': `"x", W/${tag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const head = await ask({}, 'HEAD')
    expect([
      head.status,
      head.headers.get('content-length'),
      head.headers.get('etag'),
      await head.text(),
    ]).toEqual([200, '10', tag, ''])
    expect((await fetch(ofRun('absent'), { method: 'HEAD' })).status).toBe(404)
  })

  it('run no script in our origin', async () => {
    await put('évil "page".html', '<script>alert(1)</script>', { 'Content-Type': 'text/html' })
    const read = await fetch(ofRun(encodeURIComponent('évil "page".html')))
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': `attachment; filename="_vil _page_.html"; filename*=UTF-8''%C3%A9vil%20%22page%22.html`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
    // What a sender says of a file does not change what it is sent as.
    await put('notes.txt', '<script>alert(1)</script>', { 'Content-Type': 'text/html' })
    expect((await fetch(ofRun('notes.txt'))).headers.get('content-type')).toBe('text/plain')
    expect((await fetch(ofRun('digits.txt'))).headers.get('set-cookie')).toBeNull()
  })

  it('have no path that leads elsewhere, and no server that is led there', async () => {
    const paths = [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e%2fx',
      '%252e%252e%252fx',
      'a%5c..%5cb',
      'a%00b',
      '%2fetc%2fpasswd',
      'a//b',
      'x'.repeat(1500),
      encodeURIComponent('a\nSet-Cookie: x'),
    ]
    for (const path of paths) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await fetch(`${origin}${api}/artifacts/${path}`, {
          method,
          ...(method === 'PUT' && { body: 'x' }),
        })
        expect(await errorOf(answer)).toMatchObject({ status: 400, error_code: 'INVALID_PARAMETER_VALUE' })
      }
      expect((await errorOf(await fetch(`${origin}${api}/artifacts?path=${path}`))).status).toBe(400)
      expect(
        (await errorOf(await fetch(`${origin}/get-artifact?run_uuid=${runId}&path=${path}`))).status,
      ).toBe(400)
    }
    // Clients of their own make of '..' what they like; this one sends it as it stands.
    for (const path of ['/artifacts/../../../etc/passwd', `/artifacts/0/${runId}/artifacts/../../x`]) {
      expect(await raw(`GET ${api}${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 400 [^]*INVALID_PARAMETER_VALUE/,
      )
    }
    // Reserved names of the store are files like others here, not its pins.
    await artifacts.write('runs/1', 'x', 'x')
    expect(await list('.pins')).toEqual({})
    const pins = await fetch(`${origin}${api}/artifacts/.pins/x`, { method: 'PUT', body: 'x' })
    expect(pins.status).toBe(200)
    expect(await artifacts.find('files', '.pins/x')).toBeDefined()
  })

  it('say what stands in the way', async () => {
    await put('folder/file', 'x')
    expect(await errorOf(await put('folder', 'x'))).toMatchObject({
      status: 400,
      error_code: 'RESOURCE_ALREADY_EXISTS',
    })
    expect((await errorOf(await fetch(ofRun('folder')))).status).toBe(404)
    expect((await errorOf(await fetch(ofRun('').slice(0, -1)))).status).toBe(404)
    const large = await put('large', Buffer.alloc(65 * mebibyte))
    expect(await errorOf(large)).toMatchObject({
      status: 413,
      message: expect.stringMatching(/maxBlobBytes/) as string,
    })
    expect(await leftovers()).toEqual([])
    // A client that sends all before it reads gets its answer too, and its connection goes on.
    const body = Buffer.alloc(70 * mebibyte, 'x').toString()
    const path = new URL(ofRun('large')).pathname
    const answers = await raw(
      `PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 404'])
  })

  it('that are damaged are an error, or end before their end', async () => {
    for (const size of [1000, 5 * mebibyte]) {
      const bytes = Buffer.alloc(size, 'x')
      await put('damaged', bytes)
      const { hash } = (await artifacts.find(`runs/${runId}`, 'damaged'))!
      const place = join(home, 'blobs', hash.slice(0, 2), hash)
      bytes[size - 1] = 0
      await writeFile(place, bytes)
      const answer = await fetch(ofRun('damaged'))
      if (size === 1000) {
        expect(await errorOf(answer)).toMatchObject({ status: 500, error_code: 'INTERNAL_ERROR' })
        expect(answer.headers.get('content-disposition')).toBeNull()
      } else await expect(answer.arrayBuffer()).rejects.toThrow()
      await artifacts.blobs.delete(hash)
      expect((await errorOf(await fetch(ofRun('damaged')))).status).toBe(500)
    }
  })
})

/** Sends bytes as they stand and gives what comes until the other side closes. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes.toString()))
  socket.write(request)
  await once(socket, 'close')
  return answer
}

describe('connections', () => {
  it('that break in the middle of a file leave nothing', async () => {
    for (const framing of ['Content-Length: 9000000', 'Transfer-Encoding: chunked']) {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1')
      const path = new URL(ofRun('broken')).pathname
      socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`)
      const piece = Buffer.alloc(100_000, 'x')
      for (let i = 0; i < 85; i++) {
        if (framing.startsWith('Transfer')) socket.write(`${piece.length.toString(16)}\r\n`)
        socket.write(piece)
        if (framing.startsWith('Transfer')) socket.write('\r\n')
      }
      await until(async () => (await leftovers()).length === 1)
      socket.destroy()
      await until(async () => (await leftovers()).length === 0)
      expect(await artifacts.find(`runs/${runId}`, 'broken')).toBeUndefined()
    }
  })

  it('that take longer than answers of others may are not cut', async () => {
    const hurried = await createServer({ store, artifacts }, { faces: [mlflowArtifactsFace], timeout: 50 })
    await hurried.listen({ port: 0, host: '127.0.0.1' })
    const { port } = hurried.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    const path = new URL(ofRun('late')).pathname
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nx`)
    await wait(200)
    socket.write('y')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/)
    await hurried.close()
  })

  it('that read slowly hold back the server, not its memory', async () => {
    const bytes = Buffer.alloc(48 * mebibyte, 'y')
    await put('slow', bytes)
    const read: number[] = []
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.pause()
    socket.write(`GET ${new URL(ofRun('slow')).pathname} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 5; i++) {
      await wait(20)
      read.push(process.memoryUsage().arrayBuffers - before)
    }
    // The file is 48 MiB; a few pieces of it and what sockets hold are on their way.
    expect(Math.max(...read)).toBeLessThan(16 * mebibyte)
    let received = 0
    socket.on('data', (chunk) => (received += chunk.length))
    socket.resume()
    await once(socket, 'close')
    expect(received).toBeGreaterThan(bytes.length)
  })

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await wait(5)
  }
})

describe('uploads in parts', () => {
  it('go to the addresses that the server names, and are joined', async () => {
    const folder = `0/${runId}/artifacts/big`
    const created = await post(`create/${folder}`, { path: '/home/ada/weights.bin', num_parts: 3 })
    expect(created.status).toBe(200)
    const { upload_id, credentials } = (await created.json()) as {
      upload_id: string
      credentials: { url: string; part_number: number; headers: object }[]
    }
    expect(credentials.map(({ part_number, headers }) => [part_number, headers])).toEqual([
      [1, {}],
      [2, {}],
      [3, {}],
    ])
    const texts = ['first, ', 'second, ', 'third']
    const parts = await Promise.all(
      credentials.map(async ({ url, part_number }, i) => {
        const answer = await fetch(url, { method: 'PUT', body: texts[i]! })
        expect([answer.status, await answer.text()]).toEqual([200, ''])
        return { part_number, etag: answer.headers.get('etag'), url }
      }),
    )
    expect(
      await errorOf(
        await post(`complete/${folder}`, { path: 'weights.bin', upload_id, parts: parts.slice(1) }),
      ),
    ).toMatchObject({
      status: 400,
      error_code: 'INVALID_PARAMETER_VALUE',
    })
    const wrong = parts.map((part) => ({ ...part, etag: `"${'0'.repeat(64)}"` }))
    expect(
      (await errorOf(await post(`complete/${folder}`, { path: 'weights.bin', upload_id, parts: wrong })))
        .status,
    ).toBe(400)
    const windows = { path: 'C:\\ada\\weights.bin', upload_id, parts: parts.toReversed() }
    const completed = await post(`complete/${folder}`, windows)
    expect([completed.status, await completed.json()]).toEqual([200, {}])
    expect(await (await fetch(ofRun('big/weights.bin'))).text()).toBe('first, second, third')
    // The answer was lost: the client asks again.
    expect((await post(`complete/${folder}`, windows)).status).toBe(200)
  })

  it('are sent with the key that they were begun with', async () => {
    const time = () => 1_700_000_000_000
    const access = accessBy(keyBook({ store, time }), time)
    const guarded = await createServer({ store, artifacts }, { faces: [mlflowArtifactsFace], access })
    const { key } = await store.keys.create({ name: 'writer', scopes: ['read', 'write'] })
    const headers = { authorization: `Bearer ${key}` }
    const url = `${api}/mpu/create/0/${runId}/artifacts`
    const payload = { path: 'guarded.bin', num_parts: 1 }
    const refused = await guarded.inject({ method: 'POST', url, payload })
    expect([refused.statusCode, refused.json()]).toMatchObject([401, { error_code: 'UNAUTHENTICATED' }])
    const created = await guarded.inject({ method: 'POST', url, payload, headers })
    expect(created.headers['cache-control']).toBe('no-store')
    const { credentials } = created.json<{
      credentials: { url: string; headers: Record<string, string> }[]
    }>()
    const part = { method: 'PUT', url: new URL(credentials[0]!.url).pathname, payload: 'x' } as const
    expect((await guarded.inject(part)).statusCode).toBe(401)
    expect((await guarded.inject({ ...part, headers: credentials[0]!.headers })).statusCode).toBe(200)
    const { key: reader } = await store.keys.create({ name: 'reader', scopes: ['read'] })
    const denied = await guarded.inject({ ...part, headers: { authorization: `Bearer ${reader}` } })
    expect([denied.statusCode, denied.json()]).toMatchObject([403, { error_code: 'PERMISSION_DENIED' }])
    await guarded.close()
    await access.book.close()
  })

  it('are given up', async () => {
    const folder = `0/${runId}/artifacts`
    const created = await post(`create/${folder}`, { path: 'x.bin', num_parts: '2' })
    const { upload_id, credentials } = (await created.json()) as {
      upload_id: string
      credentials: { url: string }[]
    }
    await fetch(credentials[0]!.url, { method: 'PUT', body: 'x' })
    expect((await post(`abort/${folder}`, { path: 'x.bin', upload_id })).status).toBe(200)
    expect((await errorOf(await fetch(credentials[1]!.url, { method: 'PUT', body: 'x' }))).status).toBe(404)
    expect(
      (await errorOf(await post(`complete/${folder}`, { path: 'x.bin', upload_id, parts: [] }))).status,
    ).toBe(404)
  })

  it.each([
    ['create/a', {}, /Missing value for required parameter 'path'/],
    ['create/a', { path: 5 }, /Invalid value for parameter 'path'/],
    ['create/a', [], /no JSON object/],
    ['create/a', { path: 'x', num_parts: 10_001 }, /'num_parts'/],
    ['create/a', { path: 'x', num_parts: -1 }, /'num_parts'/],
    ['create/a', { path: 'x', num_parts: '1e9' }, /'num_parts'/],
    ['create/a', { path: '/tmp/..' }, /holds '\.' or '\.\.'/],
    ['create/%252e%252e', { path: 'x' }, /holds '\.' or '\.\.'/],
    ['complete/a', { path: 'x', upload_id: 'u' }, /required parameter 'parts'/],
    ['complete/a', { path: 'x', parts: [] }, /required parameter 'upload_id'/],
    ['abort/a', { path: 'x' }, /required parameter 'upload_id'/],
  ])('%s with %j is refused', async (path, body, message) => {
    expect(await errorOf(await post(path, body))).toEqual({
      status: 400,
      error_code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message) as string,
    })
  })

  it('take no strange bodies, ids and numbers', async () => {
    for (const body of ['{', '"x"', 'null', '[1', `{"__proto__": {"x": 1}}`]) {
      const answer = await fetch(`${origin}${api}/mpu/create/a`, { method: 'POST', body })
      expect((await errorOf(answer)).status).toBe(400)
    }
    const parts = [null, 5, { part_number: 'x' }, { part_number: 1.5 }, {}]
    for (const part of parts) {
      const { upload_id } = (await (await post('create/a', { path: 'x' })).json()) as { upload_id: string }
      expect((await errorOf(await post('complete/a', { path: 'x', upload_id, parts: [part] }))).status).toBe(
        400,
      )
    }
    for (const id of ['..', '../../x', 'a'.repeat(500), '0'.repeat(32), '%00']) {
      expect((await errorOf(await post('complete/a', { path: 'x', upload_id: id, parts: [] }))).status).toBe(
        404,
      )
      const address = `${origin}${api}/mpu/parts/${encodeURIComponent(id)}/1`
      expect((await fetch(address, { method: 'PUT', body: 'x' })).status).toBe(404)
    }
    const { upload_id } = (await (await post('create/a', { path: 'x' })).json()) as { upload_id: string }
    for (const number of ['0', '-1', '10001', '1.5', 'x', '%20']) {
      const address = `${origin}${api}/mpu/parts/${upload_id}/${number}`
      expect((await fetch(address, { method: 'PUT', body: 'x' })).status).toBe(400)
    }
  })
})

describe('files of runs and versions', () => {
  it('are found by the run', async () => {
    await put('model/MLmodel', 'of the run')
    for (const query of [`run_uuid=${runId}&path=model/MLmodel`, `run_id=${runId}&path=model%2FMLmodel`]) {
      const answer = await fetch(`${origin}/get-artifact?${query}`)
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment/)
      expect(await answer.text()).toBe('of the run')
    }
    const ask = async (query: string) => errorOf(await fetch(`${origin}/get-artifact?${query}`))
    expect((await ask(`run_uuid=${'0'.repeat(32)}&path=x`)).status).toBe(404)
    expect((await ask(`run_uuid=${runId}&path=absent`)).status).toBe(404)
    expect(await ask(`run_uuid=${runId}`)).toMatchObject({
      status: 400,
      message: expect.stringMatching(/'path'/) as string,
    })
    expect((await ask('path=x')).status).toBe(400)
  })

  it('are found by the version, wherever it came from', async () => {
    await put('model/MLmodel', 'of the run')
    await artifacts.write('models/churn/3', 'MLmodel', 'of the version')
    await store.models.create({ name: 'churn' })
    const sources = [
      `runs:/${runId}/model`,
      `mlflow-artifacts:/0/${runId}/artifacts/model`,
      'mlflow-artifacts:/models/churn/3',
      's3://key:secret@elsewhere/x',
    ]
    for (const source of sources) await store.models.createVersion('churn', { source })
    const ask = (version: string) =>
      fetch(`${origin}/model-versions/get-artifact?name=churn&version=${version}&path=MLmodel`)
    expect(await (await ask('1')).text()).toBe('of the run')
    expect(await (await ask('2')).text()).toBe('of the run')
    expect(await (await ask('3')).text()).toBe('of the version')
    const elsewhere = await errorOf(await ask('4'))
    expect(elsewhere).toMatchObject({
      status: 404,
      message: expect.stringMatching(/lie at 's3:\/\/elsewhere/) as string,
    })
    expect((await errorOf(await ask('5'))).status).toBe(404)
    expect((await errorOf(await ask('x'))).status).toBe(400)
  })
})

it('stores what came over the wire byte for byte', async () => {
  const bytes = Buffer.concat(Array.from({ length: 9 }, (_, i) => Buffer.alloc(mebibyte + i, i)))
  await put('wire.bin', bytes)
  const { hash } = (await artifacts.find(`runs/${runId}`, 'wire.bin'))!
  expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'))
  const kept = await readFile(join(home, 'blobs', hash.slice(0, 2), hash))
  expect(Buffer.compare(kept, bytes)).toBe(0)
  const back = Buffer.from(await (await fetch(ofRun('wire.bin'))).arrayBuffer())
  expect(Buffer.compare(back, bytes)).toBe(0)
})
