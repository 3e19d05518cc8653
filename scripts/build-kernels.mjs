// Compiles the AssemblyScript kernels to WebAssembly: node scripts/build-kernels.mjs
// Each entry below becomes dist/engine/kernels/<name>.wasm. Skips entries whose output is newer than every source.
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src', 'engine', 'kernels')
const output = join(root, 'dist', 'engine', 'kernels')
// Which memory each works in: that of a pool of threads, or one of its own, whose views the runtime accepts as tensors.
const entries = { boosting: 'shared', optimizer: 'own' }
const shared = ['--sharedMemory', '--maximumMemory', '65536']

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const sources = readdirSync(source)
  .filter((name) => name.endsWith('.as.ts') || name === 'control-words.ts')
  .map((name) => join(source, name))
const newest = Math.max(...[...sources, fileURLToPath(import.meta.url)].map(modified))

mkdirSync(output, { recursive: true })
for (const [entry, memory] of Object.entries(entries)) {
  const wasm = join(output, `${entry}.wasm`)
  if (modified(wasm) > newest && !process.argv.includes('--force')) continue
  const { default: asc } = await import('assemblyscript/asc')
  const { error, stderr } = await asc.main([
    join('src', 'engine', 'kernels', `${entry}.as.ts`),
    '--baseDir',
    root,
    '--outFile',
    join('dist', 'engine', 'kernels', `${entry}.wasm`),
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd,threads',
    // The memory is made by the caller; 65,536 pages are the 4 GiB that 32-bit addresses reach.
    '--importMemory',
    '--initialMemory',
    '1',
    ...(memory === 'shared' ? shared : []),
    '--use',
    'abort=',
  ])
  if (error) {
    console.error(String(stderr))
    throw error
  }
  console.log(`built ${entry}.wasm (${statSync(wasm).size} bytes)`)
}
