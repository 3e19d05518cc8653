// Writes src/engine/onnx/proto/onnx.generated.cjs from onnx.proto. Run after a change of the schema: node scripts/build-proto.mjs
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'engine', 'onnx', 'proto')
const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs')
const generated = join(folder, 'onnx.generated.cjs')

// Only encode and decode are used. A root of our own keeps the messages apart from a user's protobufs. CommonJS, because
// messages.ts loads it at the first model that is written or read, without waiting.
const omitted = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service', 'comments']
execFileSync(process.execPath, [
  pbjs,
  ...['--target', 'static-module', '--wrap', 'commonjs', '--root', 'modelwright-onnx'],
  ...['--dependency', 'protobufjs/minimal.js'],
  ...omitted.map((part) => `--no-${part}`),
  ...['--out', generated, join(folder, 'onnx.proto')],
])

// The types of the messages are in messages.ts; the build carries the file to dist as it stands.
const code = readFileSync(generated, 'utf8').replace(/^\/\*eslint.*\n/, '')
writeFileSync(generated, `// Generated from onnx.proto by scripts/build-proto.mjs. Do not edit.\n${code}`)
