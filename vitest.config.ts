import { defineConfig } from 'vitest/config'

// CI asks for the results as a file; a person reads the terminal.
const resultFile = process.env['MODELWRIGHT_TEST_RESULTS']

export default defineConfig({
  test: {
    setupFiles: ['test/support/fixed-seed.ts'],
    pool: 'forks',
    // Native sessions and kernel pools take their own threads: one test process per core is enough.
    maxWorkers: 2,
    // What is built is loaded by Node itself, as users load it.
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 60_000,
    // Databases, servers and browsers start in hooks.
    hookTimeout: 60_000,
    // The soak keeps the machine busy for minutes: beside it, others would run out of their time.
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/soak/**', 'node_modules/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'soak', include: ['test/soak/**/*.test.ts'], sequence: { groupOrder: 1 } },
      },
    ],
    reporters: resultFile === undefined ? ['default'] : ['default', './scripts/test-results.mjs'],
  },
})
