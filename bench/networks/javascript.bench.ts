// A training step of the mlp beside those of the libraries that run on WebAssembly in Node, in turn within one run. They are
// installed into .cache on the first run. Needs /usr/bin/python3 with torch too, which draws the weights that all begin with.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, writeResult } from '../harness.js'
import type { About } from './models.js'
import { serve, type Server } from './server.js'

const python = '/usr/bin/python3'
const here = join(process.cwd(), 'bench', 'networks')
const installed = join(process.cwd(), '.cache', 'javascript-peers')
const packages = {
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  '@jax-js/jax': '0.1.25',
}

function install(): boolean {
  const manifest = join(installed, 'package.json')
  const wanted = JSON.stringify({ private: true, dependencies: packages })
  if (existsSync(manifest) && readFileSync(manifest, 'utf8') === wanted) return true
  mkdirSync(installed, { recursive: true })
  writeFileSync(manifest, wanted)
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], {
    cwd: installed,
    stdio: 'inherit',
  })
  if (status !== 0) rmSync(manifest)
  return status === 0
}

// jax-js takes all cores, and cannot be told otherwise.
const threads = '2'
const rounds = 7
const stepsPerRound = 6

/** Who takes part, and how many times as long a step of theirs is to take. */
const peers = [
  {
    name: `TensorFlow.js ${packages['@tensorflow/tfjs']}, WebAssembly`,
    program: 'tensorflow-js.mjs',
    bar: 20,
  },
  { name: `jax-js ${packages['@jax-js/jax']}, WebAssembly`, program: 'jax-js.mjs', bar: 3 },
]

async function compare(folder: string): Promise<void> {
  const { status, stderr } = spawnSync(python, [join(here, 'peer.py'), 'dump', 'mlp', folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as About
  const ours = serve(process.execPath, [
    fileURLToPath(new URL('./step-once.js', import.meta.url)),
    'mlp',
    threads,
    folder,
  ])
  await ours.first()
  const others = peers.map(({ program }) =>
    serve(process.execPath, [join(here, 'peers', program), folder, threads], { cwd: installed }),
  )
  for (const [i, other] of others.entries()) {
    const losses = (await other.first()) as number[]
    losses.forEach((loss, k) => {
      if (Math.abs(loss - about.losses[k]!) > 1e-4)
        throw new Error(`${peers[i]!.name} learns something else.`)
    })
  }
  const all: Server[] = [ours, ...others]
  for (const server of all) await server.steps(3)
  const times: number[][] = all.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, server] of all.entries()) times[i]!.push(median(await server.steps(stepsPerRound)))
  for (const server of all) server.end()
  const [mine, ...theirs] = times as [number[], ...number[][]]
  const ratios = theirs.map((list) => median(list.map((time, round) => time / mine[round]!)))
  writeResult({
    name: 'javascript',
    about: `Median time of a training step of the mlp (784-512-512-10, batch 128, Adam) with equal weights and batches; medians of ${rounds} interleaved rounds of ${stepsPerRound} steps; two threads each.`,
    figures: [
      { what: 'a step', value: median(mine), unit: 'ms' },
      ...peers.flatMap(({ name, bar }, i) => [
        { what: `a step of ${name}`, value: median(theirs[i]!), unit: 'ms', peer: name },
        {
          what: `how many of our steps fit into one of ${name}`,
          value: ratios[i]!,
          unit: '×',
          bar,
          atLeast: true,
          peer: name,
        },
      ]),
    ],
    samples: Object.fromEntries([['ours', mine], ...peers.map(({ name }, i) => [name, theirs[i]!] as const)]),
  })
}

const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'))
if (spawnSync(python, ['-c', 'import torch']).status !== 0)
  console.log(`Skipped: ${python} with torch is not here.`)
else if (!install()) console.log('Skipped: the libraries could not be installed.')
else {
  try {
    await compare(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
