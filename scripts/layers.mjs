// The floor plan of src/, read from the import statements: imports point down, and each heavy package has one door.
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesUnder, root } from './paths.mjs'

// From the ground up. Files directly in src/ are the package's front doors and stand on the roof.
const floors = [
  'base',
  'data',
  'engine',
  'metrics',
  'learn',
  'testing',
  'evaluate',
  'tune',
  'operate',
  'app',
  '',
]

/** Inside these floors a room sees only the rooms that are named here. */
const rooms = {
  engine: { kernels: [], linalg: ['kernels'], onnx: [], graph: ['onnx', 'linalg', 'kernels'] },
  learn: {
    contracts: [],
    preprocess: ['contracts'],
    linear: ['contracts'],
    tree: ['contracts'],
    boost: ['contracts', 'tree'],
    baseline: ['contracts'],
    nn: ['contracts', 'preprocess'],
    compose: ['contracts', 'preprocess'],
  },
  operate: {
    bundle: [],
    train: ['bundle'],
    store: [],
    artifacts: ['store'],
    track: ['store', 'artifacts', 'bundle', 'train'],
    registry: ['store', 'artifacts', 'bundle', 'track'],
    serve: ['store', 'artifacts', 'bundle', 'registry'],
  },
  app: { cli: ['http'], http: ['client'], client: [] },
}

/** Native and heavy packages: each has one adapter, so that it can be replaced and is loaded on first use. */
const doors = [
  [/^onnxruntime-/, 'engine/onnx/'],
  [/^protobufjs/, 'engine/onnx/'],
  [/^@duckdb\//, 'data/'],
  [/^vega/, 'evaluate/plots/'],
  [/^(libsql|pg|kysely)$/, 'operate/store/'],
  [/^@aws-sdk\//, 'operate/artifacts/'],
  [/^(@?fastify|prom-client$|@opentelemetry\/|zod$)/, 'app/http/'],
  [/^commander$/, 'app/cli/'],
]

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
const importOnly = /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

/** Each forbidden import as one sentence. Tests may look anywhere. */
export function layerViolations() {
  return filesUnder('src')
    .filter((file) => file.endsWith('.ts') && !/\.(test|test-d|as)\.ts$/.test(file))
    .flatMap((file) => {
      const text = withoutComments(readFileSync(join(root, file), 'utf8'))
      const specifiers = [...text.matchAll(importPattern), ...text.matchAll(importOnly)].map(
        (m) => m[1] ?? m[2],
      )
      const from = file.slice('src/'.length)
      return specifiers
        .map((specifier) => judgeImport(from, specifier))
        .filter((fault) => fault !== undefined)
        .map((fault) => `src/${from}: ${fault}`)
    })
}

/** What is wrong with one import of a file (its path below src/), or undefined. */
export function judgeImport(from, specifier) {
  return specifier.startsWith('.')
    ? judgeFile(from, posix.join(dirname(from), specifier))
    : judgePackage(from, specifier)
}

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

const floorOf = (path) => (path.includes('/') ? path.split('/')[0] : '')

/** What one index guards: a room of the floors that have rooms, else the floor. */
const unitOf = (path) => {
  const [floor, room] = path.split('/').slice(0, -1)
  return rooms[floor] === undefined || room === undefined ? floor : `${floor}/${room}`
}

/** Files between the rooms of a floor, such as the catalogue of `learn`, are doors themselves. */
const isHallway = (path) => rooms[floorOf(path)] !== undefined && path.split('/').length === 2

function judgePackage(from, name) {
  const door = doors.find(([pattern]) => pattern.test(name))
  if (door === undefined || from.startsWith(door[1])) return undefined
  return `imports ${name}, which only src/${door[1]} may`
}

function judgeFile(from, to) {
  const [floor, target] = [floorOf(from), floorOf(to)]
  if (!floors.includes(floor)) return `stands on an unknown floor '${floor}'; name it in scripts/layers.mjs`
  if (to.startsWith('../')) return `imports ${to}, which is outside src/`
  if (floors.indexOf(target) > floors.indexOf(floor)) return `imports upwards: ${to}`
  const isDoor = to.endsWith('/index.js') || isHallway(to)
  if (unitOf(from) !== unitOf(to) && !isDoor) return `reaches past an index: ${to}`
  return floor === target ? judgeRoom(from, to) : undefined
}

function judgeRoom(from, to) {
  const plan = rooms[floorOf(from)]
  const [room, target] = [from, to].map((path) => path.split('/')[1])
  if (plan === undefined || room === target || !from.split('/')[2]) return undefined
  if (plan[room] === undefined) return `stands in an unknown folder '${room}'; name it in scripts/layers.mjs`
  return plan[room].includes(target) ? undefined : `imports its neighbor ${to}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const violations = layerViolations()
  for (const violation of violations) console.log(violation)
  if (violations.length > 0) process.exitCode = 1
}
