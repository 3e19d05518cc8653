// Who writes a run: enough to tell on the same machine whether that very process still lives, also after its number was given to another.
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** As it stands in the store. What a system does not tell is null. */
export interface Owner {
  readonly host: string
  readonly pid: number
  /** Changes with every start of the machine. */
  readonly boot: string | null
  /** Containers of one machine number their processes apart. */
  readonly pidSpace: string | null
  /** When the process began, in ticks since the start of the machine. */
  readonly started: string | null
}

/** The tag by which a run that is started over HTTP says who writes it; our servers keep it as that, and MLflow's as a tag. */
export const ownerTag = 'modelwright.owner'

/** This process. */
export const ownOwner = (): Owner => ({
  host: hostname(),
  pid: process.pid,
  boot: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  pidSpace: readOr(() => readlinkSync('/proc/self/ns/pid')),
  started: startOf(process.pid),
})

/** Who is meant, or undefined where it cannot be read: another program wrote it. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null
    return typeof owner?.host === 'string' && Number.isSafeInteger(owner.pid) ? (owner as Owner) : undefined
  } catch {
    return undefined
  }
}

/** Whether its process lives; undefined where that cannot be seen from here. */
export function isAlive(owner: Owner, self: Owner = ownOwner()): boolean | undefined {
  if (owner.host !== self.host || owner.pidSpace !== self.pidSpace) return undefined
  // The machine was started anew since: nothing of then lives.
  if (owner.boot !== self.boot) return false
  if (!exists(owner.pid)) return false
  const started = startOf(owner.pid)
  // The number belongs to another process now.
  return owner.started === null || started === null || owner.started === started
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); the name before it may hold spaces and parentheses. A zombie has ended. */
function startOf(pid: number): string | null {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null)
}

function readOr(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}
