// What every benchmark shares: interleaved repeats, so that a busy machine hurts all contenders alike; medians; one JSON
// file per benchmark with the machine beside the figures. Benchmarks run from the repository's root: npm run bench -- startup
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, totalmem } from 'node:os'
import { join } from 'node:path'

const resultsFolder = join(process.cwd(), 'bench', 'results')

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  }
}

/** Work to be timed. One that returns a number brings its own figure (seconds told by a peer's process, bytes …). */
export type Contender = () => unknown

export interface Repeats {
  /** Rounds that count; in each round every contender runs once. */
  readonly repeats: number
  /** Rounds before them that do not count. @default 1 */
  readonly warmup?: number
}

/** Milliseconds (or the contender's own figure) per round, by name. */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { repeats, warmup = 1 }: Repeats,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -warmup; round < repeats; round++) {
    // Every other round runs backwards: whoever comes second profits from nothing.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await time(contenders[name])
      if (round >= 0) samples[name].push(figure)
    }
  }
  return samples
}

async function time(contender: Contender): Promise<number> {
  const start = performance.now()
  const own = await contender()
  const elapsed = performance.now() - start
  return typeof own === 'number' ? own : elapsed
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Median over rounds of ours / theirs: each ratio is taken within one round, under the same load. */
export function ratio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / theirs[round]!))
}

/** One line of the table. */
export interface Figure {
  readonly what: string
  readonly value: number
  /** `ms`, `×`, `AUC` … */
  readonly unit: string
  /** With whom it is compared, and the version. */
  readonly peer?: string
  /** The figure must not pass this bar: from above, or from below when `atLeast` is set. */
  readonly bar?: number
  readonly atLeast?: boolean
}

export interface Result {
  readonly name: string
  /** How it was measured, in a sentence. */
  readonly about: string
  readonly figures: readonly Figure[]
  readonly samples?: Readonly<Record<string, readonly number[]>>
}

interface StoredResult extends Result {
  readonly measured: string
  readonly machine: Machine
}

/** Writes bench/results/<name>.json, renews the table in bench/README.md and says the figures. */
export function writeResult(result: Result): void {
  const { name, about, figures, samples } = result
  const measured = new Date().toISOString().slice(0, 10)
  const stored: StoredResult = {
    name,
    about,
    measured,
    machine: machine(),
    figures: figures.map((figure) => ({ ...figure, value: round(figure.value) })),
    ...(samples !== undefined && { samples: roundAll(samples) }),
  }
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(join(resultsFolder, `${name}.json`), `${JSON.stringify(stored, null, 2)}\n`)
  renewTable()
  for (const figure of stored.figures) console.log(row(figure))
}

const holds = ({ value, bar, atLeast = false }: Figure): boolean =>
  bar === undefined || (atLeast ? value >= bar : value <= bar)

/** Four significant digits: more would be noise. */
const round = (value: number): number => Number(value.toPrecision(4))

const roundAll = (samples: Readonly<Record<string, readonly number[]>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, values.map(round)]))

function row(figure: Figure): string {
  const { what, value, unit, peer = '', bar, atLeast = false } = figure
  const limit = bar === undefined ? '' : `${atLeast ? '≥' : '≤'} ${bar} ${unit}`
  const verdict = bar === undefined ? '' : holds(figure) ? 'yes' : '**no**'
  return `| ${what} | ${value} ${unit} | ${limit} | ${verdict} | ${peer} |`
}

const tableStart = '<!-- results: written by bench/harness.ts -->'

/** Everything below the marker in bench/README.md is written from the JSON files. */
function renewTable(): void {
  const path = join(process.cwd(), 'bench', 'README.md')
  const [head = ''] = readFileSync(path, 'utf8').split(tableStart)
  const files = readdirSync(resultsFolder).filter((file) => file.endsWith('.json'))
  const sections = files.toSorted().map((file) => section(readStored(join(resultsFolder, file))))
  writeFileSync(path, `${head}${tableStart}\n\n${sections.join('\n')}`)
}

const readStored = (path: string): StoredResult => JSON.parse(readFileSync(path, 'utf8')) as StoredResult

function section({ name, about, measured, machine: m, figures }: StoredResult): string {
  const place = `${m.processor}, ${m.cores} cores, ${m.memoryGiB} GiB, ${m.system}, Node ${m.node}, ${measured}`
  const head = ['| What | Measured | Bar | Holds | Compared with |', '|---|---|---|---|---|']
  return [`### ${name}`, '', about, '', `${place}.`, '', ...head, ...figures.map(row), ''].join('\n')
}
