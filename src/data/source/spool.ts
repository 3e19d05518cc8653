// Standard input and UTF-16 go through a file, because DuckDB reads a source more than once and expects UTF-8.
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { storageError } from '../../base/index.js'

export interface Spooled {
  readonly path: string
  remove(): Promise<void>
}

/** Copies standard input to a temporary file. */
export const spoolStandardInput = (signal?: AbortSignal): Promise<Spooled> => spool(process.stdin, { signal })

interface SpoolOptions {
  readonly signal?: AbortSignal | undefined
  readonly through?: readonly NodeJS.ReadWriteStream[]
}

async function spool(source: Readable, { signal, through = [] }: SpoolOptions): Promise<Spooled> {
  const folder = await mkdtemp(join(tmpdir(), 'modelwright-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'source')
  try {
    await pipeline([source, ...through, createWriteStream(path)], signal === undefined ? {} : { signal })
  } catch (error) {
    await remove()
    signal?.throwIfAborted()
    throw storageError(path, error)
  }
  return { path, remove }
}

/** A UTF-8 copy of a file in another encoding. */
export function spoolAsUtf8(
  file: string,
  encoding: 'utf-16le' | 'utf-16be' | 'latin1',
  compressed: boolean,
): Promise<Spooled> {
  // The standard's decoder of 'latin1' is windows-1252, which is what such files really are.
  const decoder = new TextDecoder(encoding)
  const decode = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, decoder.decode(chunk, { stream: true })),
    flush: (done) => done(null, decoder.decode()),
  })
  return spool(createReadStream(file), { through: compressed ? [createGunzip(), decode] : [decode] })
}
