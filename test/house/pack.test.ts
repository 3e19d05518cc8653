// What a user gets: the packed tarball, installed into an empty folder with npm's own defaults, trains and predicts.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/paths.mjs'
import { run, type RunResult } from '../../scripts/run.mjs'

// Packing, a cold install of 300 MB and a training: five minutes are for a slow network.
const limit = 300_000
const hasCommandLine = existsSync(join(root, 'dist/app/cli/main.js'))
const registryAnswers = await answers()

const folder = mkdtempSync(join(tmpdir(), 'modelwright-pack-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!registryAnswers)('the installed package [needs the npm registry]', () => {
  it(
    'packs code, kernels, license and nothing else',
    async () => {
      const { code, output } = await npm(['pack', '--pack-destination', folder], root)
      expect(code, output).toBe(0)
      const listing = await run('tar', ['-tzf', tarball()])
      const files = listing.output.trim().split('\n')
      const strange = files.filter(
        (file) =>
          !/^package\/(dist\/.+(?:\.(js|mjs|cjs|d\.ts|wasm|json|css|html|svg)|\/LICENSE)|[^/]+)$/.test(file),
      )
      expect(strange).toEqual([])
      expect(files.filter((file) => /\.test\.|\.as\./.test(file))).toEqual([])
      expect(files).toEqual(
        expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/package.json']),
      )
    },
    limit,
  )

  it(
    'installs where the native engine cannot be completed',
    async () => {
      writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }')
      const { code, output } = await npm(['install', tarball(), '--no-audit', '--no-fund'], folder)
      expect(code, output).toBe(0)
      expect(installed('modelwright')).toBe(true)
      expect(installed('onnxruntime-common')).toBe(true)
    },
    limit,
  )

  it('loads as a library', async () => {
    writeFileSync(
      join(folder, 'load.js'),
      "const m = await import('modelwright')\nconsole.log(Object.keys(m).length > 0)\n",
    )
    const { output } = await run(process.execPath, ['load.js'], { cwd: folder })
    expect(output.trim()).toBe('true')
  })

  it.skipIf(!hasCommandLine)(
    'trains and predicts through its program [needs the command line]',
    async () => {
      const data = join(root, 'examples/data/telco-churn.csv')
      const customers = join(root, 'examples/data/three-customers.csv')
      const doctor = await modelwright(['doctor'])
      expect(doctor.output).toMatch(installed('onnxruntime-node') ? /native.*in use/ : /wasm.*in use/)
      const train = await modelwright([
        'train',
        data,
        '--target',
        'Churn',
        '--time',
        '20s',
        '--out',
        'churn',
        '--json',
      ])
      expect(train.code, train.output).toBe(0)
      const predict = await modelwright(['predict', 'churn', customers, '-o', 'out.csv'])
      expect(predict.code, predict.output).toBe(0)
      const [header, ...rows] = readFileSync(join(folder, 'out.csv'), 'utf8').trim().split('\n')
      expect(header).toMatch(/^prediction,probability_/)
      expect(rows).toHaveLength(3)
    },
    limit,
  )
})

/** npm with its defaults: the configuration of this repository and of this machine must not help. */
function npm(args: readonly string[], cwd: string): Promise<RunResult> {
  const blank = join(folder, '.no-config')
  writeFileSync(blank, '')
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|ONNXRUNTIME_)/i.test(name))
  const env = {
    ...Object.fromEntries(inherited),
    npm_config_userconfig: blank,
    npm_config_update_notifier: 'false',
  }
  return run('npm', args, { cwd, env })
}

/** By its linked name, as a user's shell finds it. */
const modelwright = (args: readonly string[]): Promise<RunResult> =>
  run(join(folder, 'node_modules/.bin/modelwright'), args, {
    cwd: folder,
    shell: process.platform === 'win32',
  })

const tarball = (): string =>
  join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz'))!,
  )

function installed(name: string): boolean {
  const path = join(folder, 'node_modules', name)
  return existsSync(path) && statSync(path).isDirectory()
}

/** Asks npm, which knows where its registry is, for a package that the installation needs. */
async function answers(): Promise<boolean> {
  // Ten seconds: a registry that is slower than this would not carry the install either.
  const patience = ['--prefer-online', '--fetch-retries=0', '--fetch-timeout=10000']
  return (await run('npm', ['view', 'onnxruntime-common', 'version', ...patience])).code === 0
}
