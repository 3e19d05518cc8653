// Bytes to a server as they are: what no client would send.
import { connect } from 'node:net'

/** Sends, and gives all that comes back until the server or the time ends the connection. */
export function sendRaw(port: number, bytes: string | Buffer, time = 2000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(time, () => socket.destroy())
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.on('close', () => resolve(answer))
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
  })
}
