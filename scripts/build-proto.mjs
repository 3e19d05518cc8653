// Writes src/engine/onnx/proto/onnx.generated.ts from onnx.proto. Run after a change of the schema: node scripts/build-proto.mjs
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'engine', 'onnx', 'proto')
const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs')
const raw = join(folder, 'onnx.generated.js')

// Only encode and decode are used. A root of our own keeps the messages apart from a user's protobufs.
const omitted = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service', 'comments']
execFileSync(process.execPath, [
  pbjs,
  ...['--target', 'static-module', '--wrap', 'esm', '--root', 'modelwright-onnx'],
  ...['--dependency', 'protobufjs/minimal.js'],
  ...omitted.map((part) => `--no-${part}`),
  ...['--out', raw, join(folder, 'onnx.proto')],
])

// A .ts file, so that the compiler carries it to dist and the tests import it as it stands; its types are in messages.ts.
// The messages stand in a function that is given protobufjs, so that neither costs anything before a model is written.
const code = readFileSync(raw, 'utf8')
  .replace(/^\/\*eslint.*\n/, '')
  .replace(/^import .*\n+/, '')
  .replace('export const onnx =', 'const onnx =')
  .replace(/\nexport \{[^}]*\};\s*$/, '\nreturn onnx;\n')
rmSync(raw)
writeFileSync(
  join(folder, 'onnx.generated.ts'),
  '// @ts-nocheck Generated from onnx.proto by scripts/build-proto.mjs. Do not edit.\n' +
    `export function onnxMessages($protobuf): Record<string, unknown> {\n${code}}\n`,
)
