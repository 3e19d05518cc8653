// The native ONNX Runtime has telemetry of its own; SECURITY.md promises that nothing is sent or kept.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cli, expectDone, root, scratch } from '../support/cli.js'
import { buyers } from '../support/small-tables.js'

const folder = scratch()
const source = folder.file('buyers.csv', buyers())

/** Opens a session and says which engine runs it. */
const session = `
const { graphBuilder, openSession } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/engine/onnx/index.js')).href)})
const g = graphBuilder({ name: 'echo' })
g.output('y', g.node('Neg', [g.input('x', 'float64', ['N'])]), 'float64', ['N'])
const session = await openSession(g.build())
console.log(session.engine)
await session.close()
`

const inWorker = `
const { Worker } = await import('node:worker_threads')
new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(session)})))
`

/** An environment whose home and temporary folder are empty, and what was written to them. */
function emptyHome(name: string): { readonly env: NodeJS.ProcessEnv; written(): readonly string[] } {
  const place = join(folder.path, name)
  const home = join(place, 'home')
  const temporary = join(place, 'tmp')
  for (const path of [home, temporary]) mkdirSync(path, { recursive: true })
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, XDG_CACHE_HOME: home, TMPDIR: temporary }
  delete env['ORT_DISABLE_TELEMETRY']
  return { env, written: () => readdirSync(place, { recursive: true }).map(String).sort() }
}

const runs = (code: string, env: NodeJS.ProcessEnv): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' }).trim()

describe('telemetry of the native runtime', () => {
  it('is off in a session', () => {
    const { env, written } = emptyHome('session')
    expect(runs(session, env)).toBe('native')
    expect(written()).toEqual(['home', 'tmp'])
  })

  it('is off in a worker: by its switch, or because the other engine runs', () => {
    const { env, written } = emptyHome('worker')
    expect(runs(inWorker, env)).toBe('wasm')
    expect(runs(inWorker, { ...env, ORT_DISABLE_TELEMETRY: '1' })).toBe('native')
    expect(written()).toEqual(['home', 'tmp'])
  })

  it('is off in the program', async () => {
    const { env, written } = emptyHome('program')
    const options = { cwd: folder.path, env: env as Record<string, string> }
    expectDone(await cli(['train', source, '--target', 'buys', '--time', '6s', '--out', 'bundle'], options))
    expectDone(await cli(['predict', 'bundle', source], options))
    expectDone(await cli(['doctor'], options))
    expect(written()).toEqual(['home', 'tmp'])
  })
})
