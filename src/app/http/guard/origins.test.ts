// Names that a server is called by, and what a proxy says of who asks.
import { afterAll, expect, test } from 'vitest'
import { createServer, type ServerOptions } from '../server.js'
import { loopbackHosts } from './origins.js'

const opened: { close(): Promise<unknown> }[] = []
afterAll(() => Promise.all(opened.map((server) => server.close())))

async function start(options: Partial<ServerOptions>) {
  const server = await createServer(
    {},
    {
      faces: [
        (routes) => {
          routes.get('/who', async ({ ip, host, protocol }) => ({ ip, host, protocol }))
          routes.post('/change', async () => ({}))
        },
      ],
      ...options,
    },
  )
  opened.push(server)
  return server
}

test.each([
  ['localhost', 200],
  ['LOCALHOST:8080', 200],
  ['[::1]:8080', 200],
  ['127.0.0.1', 200],
  // No name leads to an address, so that no page can have one of its own lead here.
  ['10.1.2.3:8080', 200],
  ['[fe80::1]', 200],
  ['evil.example', 403],
  ['evil.example:80', 403],
  ['localhost.evil.example', 403],
  ['localhost.', 403],
  ['localhost:evil.example', 403],
  ['localhost:80:80', 403],
  ['[::1]evil.example', 403],
  ['[evil', 403],
  ['evil@localhost', 403],
  ['localhost, evil.example', 403],
  ['127.1.evil', 403],
])('with names of its own, a server called %j answers %d', async (host, status) => {
  const server = await start({ hosts: loopbackHosts })
  expect((await server.inject({ url: '/who', headers: { host } })).statusCode).toBe(status)
})

test('a page that rebinds its name cannot say that a proxy said another', async () => {
  const server = await start({ hosts: loopbackHosts, trustProxy: true })
  const asked = (host: string, forwarded: string) =>
    server.inject({
      method: 'POST',
      url: '/change',
      headers: { host, 'x-forwarded-host': forwarded, origin: `http://${forwarded}` },
    })
  expect((await asked('evil.example', 'localhost')).statusCode).toBe(403)
  // A proxy on this machine, whose own name is of no matter here.
  expect((await asked('127.0.0.1:8080', 'ml.example')).statusCode).toBe(200)
})

test('of the addresses that a proxy passes on the last counts, which it saw itself', async () => {
  const headers = { 'x-forwarded-for': '1.1.1.1, 2.2.2.2, 3.3.3.3', 'x-forwarded-proto': 'https' }
  const asked = async (trustProxy: boolean) =>
    (await (await start({ trustProxy })).inject({ url: '/who', headers })).json() as object
  expect(await asked(true)).toMatchObject({ ip: '3.3.3.3', protocol: 'https' })
  expect(await asked(false)).toMatchObject({ ip: '127.0.0.1', protocol: 'http' })
})
