// Adds to package-lock.json the native packages of other platforms that a partial registry mirror left out.
// Without them `npm ci` calls the lock file out of date on every machine. Run after `npm install`: npm run lock
import { readFileSync, writeFileSync } from 'node:fs'

const lockPath = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(lockPath, 'utf8'))

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']

/** What the name of a native package says about its platform, or undefined when it says nothing. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-')
  const os = words.find((word) => systems.includes(word))
  const cpu = words.map((word) => word.replace(/eabi$/, '')).find((word) => processors.includes(word))
  if (os === undefined || cpu === undefined) return undefined
  const musl = words.some((word) => word.startsWith('musl'))
  const gnu = words.some((word) => word.startsWith('gnu'))
  const libc = musl ? ['musl'] : gnu ? ['glibc'] : undefined
  return { os: [os], cpu: [cpu], ...(os === 'linux' && libc !== undefined && { libc }) }
}

let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`
    const platform = platformOf(name)
    const exact = /^\d/.test(version)
    if (lock.packages[place] !== undefined || lock.packages[`${path}/${place}`] !== undefined) continue
    if (platform === undefined || !exact) {
      console.error(`${name}@${version} (needed by ${path}) is missing and cannot be told from its name.`)
      process.exitCode = 1
      continue
    }
    lock.packages[place] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true }
    added++
  }
}

lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
)
writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added === 0 ? 'The lock file is complete.' : `Added ${added} packages of other platforms.`)
