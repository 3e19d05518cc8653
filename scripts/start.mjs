// The main job, on the data that comes with the repository: train on customers, then predict three of them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

const bundle = 'modelwright-out'
const program = join(root, 'dist/app/cli/main.js')

if (!existsSync(program)) {
  console.error(
    `'${program}' is missing: the build above did not finish. Correct what it reports, then run this again.`,
  )
  process.exit(1)
}

modelwright('train', 'examples/data/telco-churn.csv', '--target', 'Churn', '--out', bundle)
console.log('\nThree customers, predicted from the bundle alone:\n')
modelwright('predict', bundle, 'examples/data/three-customers.csv', '-o', '-')

/** Shows the command before its output, so that the reader can repeat it. */
function modelwright(...args) {
  console.log(`> modelwright ${args.join(' ')}\n`)
  const { status, signal } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  // 130 is what a shell reports for Ctrl-C.
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1))
}
