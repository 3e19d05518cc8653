import type { SpawnOptions } from 'node:child_process'

export interface RunResult {
  readonly code: number
  readonly output: string
}

export declare function run(
  command: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<RunResult>
export declare function runTool(
  name: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<RunResult>
