// Brings a fresh clone to the point where it can run: packages as the lock file says, and a build of these sources.
// Plain Node without dependencies, because nothing is installed yet. Does nothing in a quarter of a second when all is well.
import { installPackages } from './install.mjs'
import { build, isBuilt } from './build.mjs'
import { exclusively } from './exclusively.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Modelwright needs Node 20.19 or newer; this is ${process.version}. Install it from https://nodejs.org.`,
  )
  process.exit(1)
}

await exclusively('setup', async () => {
  if (!(await installPackages())) {
    process.exitCode = 1
    return
  }
  // A failed build does not stop the tests: what compiles is in dist, and `npm run check` counts the failure.
  if (!isBuilt()) await build()
})
