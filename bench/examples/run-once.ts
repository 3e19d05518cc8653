// Runs an example in this process and says what processor time it took, of all threads: run-once.js PROGRAM OPTIONS…
import { pathToFileURL } from 'node:url'

process.argv.splice(1, 1)
await import(pathToFileURL(process.argv[1]!).href)
const { user, system } = process.cpuUsage()
console.log(`processor seconds ${((user + system) / 1e6).toFixed(1)}`)
