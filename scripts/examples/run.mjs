// Type-checks and runs every example of the documentation against the built package. By hand: npm run examples
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder, filesUnder, root } from '../paths.mjs'
import { run, runTool } from '../run.mjs'
import { extractExamples } from './extract.mjs'
import { instrument } from './instrument.mjs'

// Two runs at once must not write over each other.
const folder = join(cacheFolder, `examples-${process.pid}`)

/** Every example as `{ name, fault }`; `fault` is undefined when it compiles and gives what it says. */
async function runExamples() {
  const examples = extractExamples()
  mkdirSync(folder, { recursive: true })
  try {
    return await compileAndRun(examples)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compileAndRun(examples) {
  const scopes = await scopeFinder()
  for (const [i, example] of examples.entries()) {
    writeFileSync(join(folder, `example-${i}.ts`), await asModule(example, scopes))
  }
  const compileFaults = await compile()
  const runFaults = await execute(examples, compileFaults)
  return examples.map(({ name }, i) => ({ name, fault: compileFaults[i] ?? runFaults[i] }))
}

/** Examples of TSDoc need not import what their own folder exports, nor what the package exports. */
async function asModule({ file, code }, scopes) {
  const imports = file.startsWith('src/') ? missingImports(code, await scopes(file)) : []
  const helpers = `import { check, checkThrows } from '../../scripts/examples/compare.mjs'`
  return [helpers, ...imports, instrument(code), 'void check', 'void checkThrows', 'export {}', ''].join('\n')
}

function missingImports(code, scopes) {
  const known = new Set(declaredNames(code))
  const imports = []
  for (const { path, names } of scopes) {
    const used = names.filter((name) => !known.has(name) && new RegExp(`(?<![.\\w$])${name}\\b`).test(code))
    used.forEach((name) => known.add(name))
    if (used.length > 0) imports.push(`import { ${used.join(', ')} } from '${relative(folder, path)}'`)
  }
  return imports
}

function declaredNames(code) {
  const single = [...code.matchAll(/\b(?:const|let|function|class)\s+(\w+)/g)].map((match) => match[1])
  const several = [...code.matchAll(/\b(?:const|let|import)\s+[{[]([^}\]]*)[}\]]/g)].flatMap(
    (match) => match[1].match(/\w+/g) ?? [],
  )
  return [...single, ...several]
}

/** Which modules may lend names to an example of a file: itself, its folder, then the package's front doors. */
async function scopeFinder() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const doors = Object.values(exports ?? {}).flatMap((entry) =>
    entry.default === undefined ? [] : [entry.default],
  )
  const built = new Set(filesUnder('dist'))
  return async (file) => {
    const own = file.replace(/^src/, 'dist').replace(/\.ts$/, '.js')
    const paths = [own, `${dirname(own)}/index.js`, ...doors.map((door) => door.slice(2))]
    const present = [...new Set(paths)].filter((path) => built.has(path))
    return Promise.all(
      present.map(async (path) => ({ path: join(root, path), names: await namesOf(join(root, path)) })),
    )
  }
}

async function namesOf(path) {
  try {
    return Object.keys(await import(pathToFileURL(path).href))
  } catch {
    return []
  }
}

/** The compiler's complaints, by number of the example. */
async function compile() {
  // Readers compile with `strict` and seldom with more: an example should not need a `!` for their sake.
  const config = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      outDir: '.',
      rootDir: '.',
      allowJs: false,
      noUncheckedIndexedAccess: false,
      declaration: false,
    },
    include: ['*.ts'],
    // Said outright, because the compiler leaves out its output folder, and that is this one.
    exclude: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'compare.d.ts'), compareTypes)
  const { output } = await runTool('typescript', ['-p', folder])
  const faults = {}
  for (const [line, number] of output.matchAll(/^.*?example-(\d+)\.ts\(.*$/gm)) {
    faults[number] = `${faults[number] === undefined ? '' : `${faults[number]}\n`}${line}`
  }
  if (output.includes('error TS') && Object.keys(faults).length === 0) throw new Error(output)
  return faults
}

const compareTypes = `declare module '*/compare.mjs' {
  export function check(actual: unknown, answer: string): void
  export function checkThrows(work: () => unknown, answer: string): Promise<void>
}
`

/** One process for all, one after the other; two minutes for the lot, because examples are small. */
async function execute(examples, compileFaults) {
  const runnable = examples.flatMap((example, i) =>
    example.run && compileFaults[i] === undefined ? [i] : [],
  )
  const resultFile = join(folder, 'results.json')
  const runner = join(folder, 'runner.mjs')
  writeFileSync(runner, runnerSource(runnable, resultFile))
  const { output } = await run(process.execPath, [runner], { cwd: root, timeout: 120_000 })
  const results = readResults(resultFile)
  return Object.fromEntries(
    runnable.map((i) => [
      i,
      i in results ? (results[i] ?? undefined) : `did not finish: ${output.slice(-2000)}`,
    ]),
  )
}

const runnerSource = (numbers, resultFile) => `import { writeFileSync } from 'node:fs'
const results = {}
for (const number of ${JSON.stringify(numbers)}) {
  try {
    await import('./example-' + number + '.js')
    results[number] = null
  } catch (error) {
    results[number] = String(error?.message ?? error)
  }
  writeFileSync(${JSON.stringify(resultFile)}, JSON.stringify(results))
}
process.exit(0)
`

function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}

const results = await runExamples()
if (process.argv.includes('--json')) console.log(JSON.stringify(results))
else {
  for (const { name, fault } of results)
    console.log(fault === undefined ? `ok    ${name}` : `FAIL  ${name}: ${fault}`)
  if (results.some(({ fault }) => fault !== undefined)) process.exitCode = 1
}
