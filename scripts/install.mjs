// Runs `npm ci` when node_modules is not what package-lock.json asks for, and records for which lock file it was done.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { run } from './run.mjs'

const modules = join(root, 'node_modules')
const marker = join(modules, '.modelwright-lock')

/** True when the packages are in place afterwards. */
export async function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (readOr(marker, '') === wanted) return true
  if (!isInstalled(JSON.parse(lock)) && !(await npmCi())) return false
  writeFileSync(marker, wanted)
  return true
}

/** Whether somebody ran npm already: npm notes in node_modules what it put there. */
function isInstalled(lock) {
  const installed = JSON.parse(readOr(join(modules, '.package-lock.json'), '{}')).packages
  if (installed === undefined) return false
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === '') continue
    const present = installed[path]
    const absent = present === undefined || !existsSync(join(root, path))
    // Native packages of other platforms are optional and rightly absent.
    if (absent ? !wanted.optional : present.version !== wanted.version) return false
  }
  return true
}

async function npmCi() {
  const started = performance.now()
  console.error('Installing packages with npm ci (the first time takes about a minute) …')
  // A dropped connection should not cost the user the whole run: once more before giving up.
  let result = await runNpmCi()
  if (result.code !== 0) result = await runNpmCi()
  if (result.code !== 0) {
    console.error(`${result.output.trim()}\n`)
    console.error(
      'The packages could not be installed. npm says why above; check the network and the disk, then run this again.',
    )
    return false
  }
  console.error(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`)
  return true
}

function runNpmCi() {
  const options = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  // The CUDA files of the native ONNX Runtime are 300 MB that nothing here uses.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? 'skip' }
  const cli = process.env.npm_execpath
  return cli?.endsWith('.js')
    ? run(process.execPath, [cli, ...options], { env })
    : run('npm', options, { env, shell: process.platform === 'win32' })
}

function readOr(path, fallback) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return fallback
  }
}
