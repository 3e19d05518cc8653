// Builds dist from src: JavaScript and declarations by tsc, WebAssembly by the AssemblyScript compiler, other files by copy; and the
// page from ui/ by Vite.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, filesUnder, hashOf, root } from './paths.mjs'
import { run, runTool } from './run.mjs'
import { exclusively } from './exclusively.mjs'

const stampFile = join(cacheFolder, 'build.json')
const kernelScript = 'scripts/build-kernels.mjs'
/** Written by Vite, which looks after what is old there itself. */
const pageFolder = 'dist/ui'
const programs = ['dist/app/cli/main.js']
/** The tenth of ONNX Runtime Web that Node needs; the whole package would be 143 MB for those who install ours. */
const runtimeFolder = 'dist/engine/onnx/onnxruntime-web'
const runtimeFiles = ['ort.node.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']
const runtimeNotice = `ONNX Runtime Web. Copyright (c) Microsoft Corporation. MIT License.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

const isKernel = (file) => file.endsWith('.as.ts')
const isTest = (file) => /\.test(-d)?\.ts$/.test(file)
const isDeclaration = (file) => file.endsWith('.d.ts')
const isModule = (file) => file.endsWith('.ts') && !isKernel(file) && !isTest(file) && !isDeclaration(file)
/** Anything that a module reads beside itself: generated JavaScript with its declarations, JSON, style sheets. */
const isAsset = (file) => /\.(c?js|d\.ts|json|css|html|svg)$/.test(file) && !file.endsWith('tsconfig.json')

/** Types that it shares with the server leave nothing in it. */
const isOfPage = (file) => !file.startsWith('ui/node_modules/')

function hashes() {
  const sources = filesUnder('src')
  const tools = ['scripts/build.mjs', 'tsconfig.base.json', 'tsconfig.build.json', 'package-lock.json']
  // Kernels also read ordinary modules of their folder, for constants that both sides share.
  const kernels = sources.filter((file) => file.startsWith('src/engine/kernels/') && !isTest(file))
  return {
    sources: hashOf([...sources.filter((file) => !isTest(file) && !isKernel(file)), ...tools]),
    kernels: hashOf([...kernels, kernelScript, 'package-lock.json']),
    page: hashOf([...filesUnder('ui').filter(isOfPage), 'package-lock.json']),
  }
}

/** Whether dist was built from the sources as they are now. */
export function isBuilt() {
  const wanted = hashes()
  const stamp = readStamp()
  return Object.keys(wanted).every((part) => stamp[part] === wanted[part]) && isComplete()
}

/** True when the build succeeded. What compiles is written even when something else does not. */
export async function build() {
  const started = performance.now()
  const wanted = hashes()
  const stamp = existsSync(join(root, 'dist')) ? readStamp() : {}
  const kernelsNeeded = stamp.kernels !== wanted.kernels || !hasKernels()
  const pageNeeded = stamp.page !== wanted.page || !hasPage()
  const [modules, kernels, page] = await Promise.all([
    buildModules(),
    kernelsNeeded ? buildKernels() : true,
    pageNeeded ? buildPage() : true,
  ])
  removeStale()
  for (const program of programs) if (existsSync(join(root, program))) chmodSync(join(root, program), 0o755)
  writeStamp({
    ...(modules && { sources: wanted.sources }),
    ...(kernels && { kernels: wanted.kernels }),
    ...(page && { page: wanted.page }),
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const built = modules && kernels && page
  console.error(built ? `Built in ${seconds} s.` : 'The build failed: see above.')
  return built
}

async function buildModules() {
  for (const file of filesUnder('src').filter(isAsset)) copy(file, outputOf(file))
  for (const file of runtimeFiles)
    copy(`node_modules/onnxruntime-web/dist/${file}`, `${runtimeFolder}/${file}`)
  writeFileSync(join(root, runtimeFolder, 'LICENSE'), runtimeNotice)
  const { code, output } = await runTool('typescript', ['-p', 'tsconfig.build.json'])
  if (output.trim() !== '') console.error(output.trim())
  return code === 0
}

async function buildKernels() {
  if (!existsSync(join(root, kernelScript))) return true
  const started = Date.now()
  const { code, output } = await run(process.execPath, [join(root, kernelScript), '--force'])
  if (output.trim() !== '') console.error(output.trim())
  // Every module is written by each run: one that is older belongs to a source that is gone.
  const isOld = (file) => statSync(join(root, file)).mtimeMs < started - 1000
  if (code === 0) for (const file of builtKernels()) if (isOld(file)) rmSync(join(root, file))
  return code === 0
}

async function buildPage() {
  const { code, output } = await runTool('vite', ['build', 'ui', '--logLevel', 'warn'])
  if (output.trim() !== '') console.error(output.trim())
  return code === 0
}

const hasPage = () => existsSync(join(root, pageFolder, 'index.html'))

const isRuntime = (file) => file.startsWith(`${runtimeFolder}/`)
const isPage = (file) => file.startsWith(`${pageFolder}/`)
const builtKernels = () => filesUnder('dist').filter((file) => file.endsWith('.wasm') && !isRuntime(file))

const hasKernels = () =>
  builtKernels().length > 0 || !filesUnder('src').some(isKernel) || !existsSync(join(root, kernelScript))

const outputOf = (file) => file.replace(/^src/, 'dist')

function outputs() {
  return filesUnder('src').flatMap((file) => {
    const output = outputOf(file)
    if (isModule(file)) return [output.replace(/\.ts$/, '.js'), output.replace(/\.ts$/, '.d.ts')]
    return isAsset(file) ? [output] : []
  })
}

const isComplete = () =>
  hasKernels() &&
  hasPage() &&
  [...outputs(), `${runtimeFolder}/${runtimeFiles[0]}`].every((file) => existsSync(join(root, file)))

/** A deleted source must not live on in dist. Kernels and the page are looked after by their own builds. */
function removeStale() {
  const wanted = new Set(outputs())
  for (const file of filesUnder('dist'))
    if (!file.endsWith('.wasm') && !isRuntime(file) && !isPage(file) && !wanted.has(file))
      rmSync(join(root, file))
}

function copy(from, to) {
  mkdirSync(dirname(join(root, to)), { recursive: true })
  copyFileSync(join(root, from), join(root, to))
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

function writeStamp(stamp) {
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(stampFile, JSON.stringify(stamp))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await exclusively('setup', build)
  if (!built) process.exitCode = 1
}
