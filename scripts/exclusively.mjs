// One process at a time: a folder is the lock, because making a folder either succeeds or fails, on every file system.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheFolder } from './paths.mjs'

/** Runs `work` while no other process runs work of the same name; waits for its turn. */
export async function exclusively(name, work) {
  const folder = join(cacheFolder, `${name}.lock`)
  let told = false
  while (!take(folder)) {
    if (!breakWhenDead(folder) && !told) {
      console.error(`Another process is busy with the ${name}; waiting for it.`)
      told = true
    }
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function take(folder) {
  mkdirSync(cacheFolder, { recursive: true })
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(folder, 'pid'), String(process.pid))
  return true
}

/** Removes the lock of a process that is gone. Renaming first makes sure that only one waiter removes it. */
function breakWhenDead(folder) {
  const holder = readPid(folder)
  if (holder === undefined || isAlive(holder)) return false
  const aside = `${folder}.${process.pid}.dead`
  try {
    renameSync(folder, aside)
  } catch {
    return false
  }
  // Between reading and renaming another waiter may have broken the old lock and taken a new one: give that back.
  if (readPid(aside) === holder) rmSync(aside, { recursive: true, force: true })
  else renameSync(aside, folder)
  return true
}

function readPid(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
