// The examples of networks in their full setting, on real data: what they reach, and how long it takes. Needs ../shared/data; the
// character GPT is compared with PyTorch where /usr/bin/python3 has it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Figure, writeResult } from '../harness.js'

const data = resolve('..', 'shared', 'data')
const python = '/usr/bin/python3'
const figures: Figure[] = []
const tell = (what: string, value: number, rest: Omit<Figure, 'what' | 'value'>): void =>
  void figures.push({ what, value, ...rest })

/** What a program printed: the figures after these words. */
type Read = (...words: readonly string[]) => number

/** Runs a program to its end, in sight. */
async function full(name: string, folder: string, ...more: readonly string[]): Promise<Read> {
  const program = join('.cache', 'programs', `${name}.js`)
  const once = fileURLToPath(new URL('./run-once.js', import.meta.url))
  const args = [once, program, '--full', '--data', join(data, folder), ...more]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (part) => {
    output += String(part)
    process.stdout.write(String(part))
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  if (code !== 0) throw new Error(`${name} ended with ${code}.`)
  return (...words) => {
    const found = new RegExp(`${words.join('[^\\n]*?')}[^\\n]*?(\\d+\\.?\\d*)`).exec(output)
    if (found === null) throw new Error(`${name} did not print ${words.join(' … ')}.`)
    return Number(found[1])
  }
}

interface Part {
  readonly seconds: number
  readonly processor: number
  readonly loss: number
}

/** PyTorch's training, in parts; undefined where it is not installed. */
async function openPeer(threads: number) {
  if (spawnSync(python, ['-c', 'import torch']).status !== 0) return undefined
  const script = join('bench', 'examples', 'gpt.py')
  const file = join(data, 'text', 'tinyshakespeare.txt.gz')
  const child = spawn(python, [script, file, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string)
  const version = (await next()) as string
  return {
    version,
    async train(steps: number): Promise<Part> {
      child.stdin.write(`${steps}\n`)
      return (await next()) as Part
    },
    end: () => void child.kill(),
  }
}

async function characterGpt(): Promise<void> {
  // By one thread each: several wait for each other, and on a busy machine that is most of what they do.
  const threads = 1
  const peer = await openPeer(threads)
  const parts: Part[] = []
  // An eighth of the steps by the peer before ours, and another after: what else is at work meets both alike.
  const eighth = async (): Promise<void> => {
    if (peer === undefined) return
    parts.push(await peer.train(250))
    console.log('PyTorch', parts.at(-1))
  }
  await eighth()
  const read = await full('character-gpt', 'text', '--threads', String(threads))
  await eighth()
  const seconds = read('step 2000', '\\(')
  tell('tiny shakespeare: validation loss after 2,000 steps', read('validation loss'), {
    unit: 'nats a letter',
    bar: 1.88,
    peer: "nanoGPT's figure for this setting: 1.88",
  })
  tell('tiny shakespeare: 2,000 steps and eight looks at the validation text', seconds, { unit: 's' })
  if (peer === undefined) return
  peer.end()
  const rest = { unit: '×', peer: `PyTorch ${peer.version}, ${threads} thread as ours` }
  const mean = (of: (part: Part) => number): number =>
    parts.reduce((sum, part) => sum + of(part), 0) / parts.length
  tell('tiny shakespeare: time', seconds / 8 / mean((part) => part.seconds), rest)
  const processor = read('processor seconds') / 8 / mean((part) => part.processor)
  tell('tiny shakespeare: processor time', processor, rest)
}

async function digits(): Promise<void> {
  const read = await full('digits', join('images', 'mnist'))
  tell('MNIST: test accuracy', read('test accuracy'), { unit: '%', bar: 99.2, atLeast: true })
  tell('MNIST: training', read('test accuracy', ' after'), { unit: 's', bar: 240 })
  tell('MNIST: the whole program, processor time of all threads', read('processor seconds'), { unit: 's' })
}

async function sentences(): Promise<void> {
  const read = await full('sentences', 'text')
  const peer = 'TF-IDF and logistic regression: 82.0 %'
  tell('SST-2: test accuracy of a small transformer', read('test accuracy'), { unit: '%', peer })
}

async function forecast(): Promise<void> {
  const read = await full('lstm-forecast', 'tabular')
  const peer = `as an hour ago ${read('an hour ago')}, as a week ago ${read('a week ago')}`
  tell('Bicycles an hour: mean absolute error of an LSTM', read('mean error'), { unit: 'bicycles', peer })
}

async function fineTune(): Promise<void> {
  const read = await full('fine-tune', join('images', 'mnist'))
  const peer = `without training ${read('before')} %`
  tell('MNIST by a network of printed digits, its classifier trained', read('classifier trained'), {
    unit: '%',
    peer,
  })
  tell('MNIST by a network of printed digits, all of it trained', read('all of it trained'), {
    unit: '%',
    peer,
  })
}

const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
if (!existsSync(data)) {
  console.log('Skipped: the data is not here (../shared/data).')
} else if (
  spawnSync(process.execPath, [compiler, '-p', 'examples/tsconfig.json'], { stdio: 'inherit' }).status === 0
) {
  for (const part of [digits, characterGpt, sentences, forecast, fineTune]) {
    await part()
    tell(`Other programs at work, load average after ${part.name}`, loadavg()[0]!, { unit: 'processes' })
  }
  writeResult({
    name: 'examples',
    about:
      'The programs of examples/ that train networks, with --full: MNIST by a convolutional network (five epochs), nanoGPT’s setting for computers without a GPU (4 layers, 128 wide, context 64, batch 12; the loss is that of the whole last tenth of the text; 250 steps of PyTorch and its look at the text before ours, as many after), SST-2, hourly counts, and an ONNX file of PyTorch’s exporter that is fine-tuned.',
    figures,
  })
} else process.exitCode = 1
