// Under what circumstances a run came about: code, versions, machine, command line. Never variables of the environment: secrets live there.
import { readFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, hostname, release, totalmem, userInfo } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GitState, gitState } from './git.js'
import { commandLine } from './redact.js'

/** What is known of the circumstances of a run. Saved as `environment.json` beside each run: a format. */
export interface RunEnvironment {
  readonly version: 1
  readonly user: string
  readonly host: string
  /** The program as it was called, secrets left out. */
  readonly command: string
  /** The file that was started, below the repository or the working directory where it lies there. */
  readonly entry: string
  readonly git: GitState | undefined
  readonly versions: {
    readonly modelwright: string
    readonly node: string
    /** The native ONNX Runtime, or the WebAssembly one where only that is installed. */
    readonly onnxRuntime: string | undefined
    /** Packages that the nearest package.json names, as they are installed. */
    readonly packages: Readonly<Record<string, string>>
  }
  readonly hardware: {
    readonly processor: string
    readonly threads: number
    /** Bytes. */
    readonly memory: number
    readonly platform: string
  }
}

export interface CaptureOptions {
  /** The working directory. @default process.cwd() */
  readonly folder?: string | undefined
  /** As the process was started: program, file, arguments. @default process.argv */
  readonly argv?: readonly string[] | undefined
}

/** Looks at everything at once; what cannot be found out is left out. Cost: some 30 ms, at most about three seconds. */
export async function captureEnvironment({
  folder = process.cwd(),
  argv = process.argv,
}: CaptureOptions = {}): Promise<RunEnvironment> {
  const [git, packages, onnxRuntime, modelwright] = await Promise.all([
    gitState(folder),
    packageVersions(folder),
    onnxRuntimeVersion(),
    versionIn(fileURLToPath(new URL('../../../package.json', import.meta.url))),
  ])
  const [, entry = '', ...args] = argv
  return {
    version: 1,
    user: userName(),
    host: hostname(),
    command: commandLine([...programOf(entry), ...args]),
    entry: shownPath(folder, entry),
    git,
    versions: { modelwright: modelwright ?? '', node: process.versions.node, onnxRuntime, packages },
    hardware: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      threads: availableParallelism(),
      memory: totalmem(),
      platform: `${process.platform} ${arch()} ${release()}`,
    },
  }
}

/** Our own program is called by its name, another file by Node. */
const programOf = (entry: string): string[] =>
  /[\\/]app[\\/]cli[\\/]main\.[jt]s$/.test(entry) || basename(entry) === 'modelwright'
    ? ['modelwright']
    : ['node', entry].filter((word) => word !== '')

function shownPath(folder: string, entry: string): string {
  if (entry === '') return ''
  const below = relative(folder, resolve(folder, entry))
  return below.startsWith('..') ? basename(entry) : below
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user that the system has no name for, as in containers.
    return String(process.getuid?.() ?? '')
  }
}

interface PackageFile {
  readonly version?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
}

async function readPackage(path: string): Promise<PackageFile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as PackageFile
  } catch {
    return undefined
  }
}

async function versionIn(path: string): Promise<string | undefined> {
  const version = (await readPackage(path))?.version
  return typeof version === 'string' ? version : undefined
}

/** A folder and those above it, innermost first. */
function* upwards(folder: string): Generator<string> {
  for (let at = resolve(folder), last = ''; at !== last; last = at, at = dirname(at)) yield at
}

/** Packages of one program: more are a monorepo whose versions its lock file tells. */
const mostPackages = 300

async function packageVersions(folder: string): Promise<Record<string, string>> {
  for (const at of upwards(folder)) {
    const found = await readPackage(join(at, 'package.json'))
    if (found === undefined) continue
    const names = Object.keys(found.dependencies ?? {}).slice(0, mostPackages)
    const versions = await Promise.all(names.map(async (name) => [name, await installed(at, name)] as const))
    return Object.fromEntries(versions.filter((pair): pair is [string, string] => pair[1] !== undefined))
  }
  return {}
}

async function installed(from: string, name: string): Promise<string | undefined> {
  for (const at of upwards(from)) {
    const version = await versionIn(join(at, 'node_modules', name, 'package.json'))
    if (version !== undefined) return version
  }
  return undefined
}

async function onnxRuntimeVersion(): Promise<string | undefined> {
  const here = dirname(fileURLToPath(import.meta.url))
  for (const [name, kind] of [
    ['onnxruntime-node', 'native'],
    ['onnxruntime-web', 'wasm'],
  ] as const) {
    const version = await installed(here, name)
    if (version !== undefined) return `${kind} ${version}`
  }
  return undefined
}

/** The circumstances as tags: MLflow's names where it has one. */
export function environmentTags(environment: RunEnvironment): Record<string, string> {
  const { git, versions, hardware } = environment
  const tags: Record<string, string | undefined> = {
    'mlflow.user': environment.user,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.name': environment.entry,
    'mlflow.source.git.commit': git?.commit,
    'mlflow.source.git.branch': git?.branch,
    'mlflow.source.git.repoURL': git?.remote,
    'modelwright.git.dirty': git === undefined ? undefined : String(git.dirty),
    'modelwright.git.diffHash': git?.diffHash,
    'modelwright.command': environment.command,
    'modelwright.version': versions.modelwright,
    'modelwright.node': versions.node,
    'modelwright.onnxRuntime': versions.onnxRuntime,
    'modelwright.host': environment.host,
    'modelwright.hardware': `${hardware.processor}, ${hardware.threads} threads, ${Math.round(hardware.memory / 2 ** 30)} GiB, ${hardware.platform}`,
  }
  return Object.fromEntries(
    Object.entries(tags).filter((pair): pair is [string, string] => (pair[1] ?? '') !== ''),
  )
}
