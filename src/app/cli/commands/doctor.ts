// `modelwright doctor`: what is here, what is missing, and how to get it.
import { availableParallelism, totalmem } from 'node:os'
import { engineStatus } from '../../../engine/onnx/index.js'
import type { CommandContext } from '../program.js'
import { type Output, outputTo } from '../terminal/style.js'

interface Part {
  readonly name: string
  readonly ok: boolean
  readonly text: string
  /** What to do, when it is not well. */
  readonly advice?: string | undefined
}

export async function doctorCommand({ options, version }: CommandContext): Promise<void> {
  const engines = await engineStatus()
  const parts: Part[] = [
    nodePart(),
    {
      name: 'threads',
      ok: true,
      text: `${availableParallelism()}, ${Math.round(totalmem() / 2 ** 30)} GiB memory`,
    },
    ...engines.engines.map((engine) => ({
      name: `ONNX Runtime, ${engine.name}`,
      ok: engine.version !== undefined,
      text:
        engine.version === undefined
          ? `${engine.reason}`
          : `${engine.version}${engine.name === engines.inUse ? ', in use' : ''}`,
      advice: engine.version === undefined ? engine.install : undefined,
    })),
    await packagePart('DuckDB', '@duckdb/node-api', 'reading and writing data'),
    await packagePart('Vega', 'vega', 'plots in the report'),
  ]
  if (options['json'] === true)
    process.stdout.write(`${JSON.stringify({ version, parts, note: engines.note ?? null }, null, 2)}\n`)
  else show(parts, version, outputTo(process.stdout))
  // Without any engine nothing can predict.
  if (engines.inUse === undefined) process.exitCode = 3
}

/** The versions that package.json asks for. */
function nodePart(): Part {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  return {
    name: 'Node',
    ok,
    text: process.versions.node,
    advice: ok ? undefined : 'Install Node 20.19 or newer.',
  }
}

async function packagePart(name: string, packageName: string, use: string): Promise<Part> {
  try {
    await import(packageName)
    return { name, ok: true, text: `loads (${use})` }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return {
      name,
      ok: false,
      text: `does not load: ${reason}`,
      advice: `Install it with: npm install ${packageName}`,
    }
  }
}

function show(parts: readonly Part[], version: string, { line, paint }: Output): void {
  line(`modelwright ${version}`)
  for (const { name, ok, text, advice } of parts) {
    line(`${ok ? paint('green', '✓') : paint('red', '✗')} ${name.padEnd(22)} ${text}`)
    if (advice !== undefined) line(`  ${' '.repeat(22)} ${paint('dim', advice)}`)
  }
}
