// What git says of the folder that code runs in. Without git, outside of a repository, or when git takes too long, it says nothing.
import { execFile } from 'node:child_process'
import { sha256 } from '../../base/index.js'
import { redactUrl } from './redact.js'

export interface GitState {
  readonly commit: string
  /** Undefined where a commit is checked out by itself. */
  readonly branch: string | undefined
  /** Files differ from the commit, or are not in it. */
  readonly dirty: boolean
  /** Of the differences, so that two states of changed code can be told apart; undefined where there are none or too many. */
  readonly diffHash: string | undefined
  /** Address of origin, without user and password. */
  readonly remote: string | undefined
}

/** Milliseconds: a repository of a million files takes about one second to look through. */
const timeLimit = 3000
/** Bytes of a diff that are hashed; a larger one is a data file that somebody forgot to ignore. */
const diffLimit = 64 * 2 ** 20

/** The state of the repository around a folder; undefined where there is none. */
export async function gitState(folder: string): Promise<GitState | undefined> {
  const [commit, branch, status, remote, diff] = await Promise.all([
    git(folder, 'rev-parse', '--verify', 'HEAD'),
    git(folder, 'symbolic-ref', '--quiet', '--short', 'HEAD'),
    git(folder, 'status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules'),
    git(folder, 'config', '--get', 'remote.origin.url'),
    git(
      folder,
      'diff',
      'HEAD',
      '--binary',
      '--no-ext-diff',
      '--no-textconv',
      '--no-color',
      '--ignore-submodules',
    ),
  ])
  if (commit === undefined) return undefined
  const dirty = (status ?? '') !== ''
  return {
    commit: commit.trim(),
    branch: branch?.trim(),
    dirty,
    diffHash: dirty && diff !== undefined ? sha256(`${diff}\0${status}`) : undefined,
    remote: remote === undefined ? undefined : redactUrl(remote.trim()),
  }
}

/** The output of a git command that only reads; undefined when it fails. */
function git(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  // A repository of somebody else must not start programs of its choice, nor wait for a password.
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.pager=cat', '-c', 'core.quotePath=false']
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      ['-C', folder, ...safe, ...args],
      {
        timeout: timeLimit,
        killSignal: 'SIGKILL',
        maxBuffer: diffLimit,
        env,
        encoding: 'utf8',
        windowsHide: true,
      },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    )
    child.on('error', () => resolve(undefined))
  })
}
