import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    // Native sessions and kernel pools take their own threads: one test process per core is enough.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
})
