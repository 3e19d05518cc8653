export type { Face, Server, ServerContext } from './face.js'
export { createServer, type ServerOptions } from './server.js'
