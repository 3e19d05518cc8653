// What counts as used: everything behind the package's doors, the programs, the workers and the scripts.
import { readFileSync } from 'node:fs'

const { exports, bin } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const built = [...Object.values(exports).map((door) => door.default), ...Object.values(bin)]
const sources = built.map((file) => file.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'))

export default {
  workspaces: {
    '.': {
      entry: [
        ...sources,
        'src/**/*-worker.ts',
        'scripts/*.mjs',
        'bench/**/*.bench.ts',
        'test/**/*.test-d.ts',
      ],
      project: [
        'src/**/*.ts',
        '!src/**/*.as.ts',
        '!src/**/*.generated.*',
        'scripts/**/*.mjs',
        'bench/**/*.ts',
        'test/**/*.ts',
      ],
    },
    ui: { project: ['src/**/*.{ts,tsx}'] },
  },
  ignoreExportsUsedInFile: true,
  // Read by AssemblyScript, which knip does not.
  ignoreIssues: { 'src/engine/kernels/control-words.ts': ['exports', 'namespaceMembers'] },
  // Programs of the system, for tests that are skipped where they are absent.
  ignoreBinaries: ['mount', 'umount', 'script', 'mkfifo', 'openssl'],
  // Run as programs by name, from scripts/ and by oxlint itself; ONNX Runtime Web is copied by the build and reads its common part;
  // axe is put into pages as text; light-my-request is fastify's own, held at the last version for Node 20.
  ignoreDependencies: [
    '@arethetypeswrong/cli',
    'axe-core',
    'light-my-request',
    'onnxruntime-common',
    'onnxruntime-web',
    'oxlint',
    'oxlint-tsgolint',
    'protobufjs-cli',
    'publint',
  ],
}
