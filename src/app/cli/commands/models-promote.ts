// `modelwright models promote`, `rollback`, `approve`: who answers from now on.
import { readFile } from 'node:fs/promises'
import { ConflictError, FormatError, NotFoundError } from '../../../base/index.js'
import type { GivenGate, PromoteOptions, Verdict } from '../../../operate/registry/index.js'
import { exitCodes } from '../exit-codes.js'
import type { CommandContext } from '../program.js'
import { type Output, outputTo } from '../terminal/style.js'
import { numberOption } from '../train-options.js'
import { currentUser, printJson, withRegistry } from './with-registry.js'

export async function promoteModel(context: CommandContext): Promise<void> {
  const { args, options } = context
  const gate = await gateOf(options)
  await withRegistry(context, async ({ registry }) => {
    const { name, version } = await registry.resolve(args[0]!)
    const asked: PromoteOptions = {
      version,
      alias: options['alias'] as string,
      gate,
      data: options['data'] as string | undefined,
      force: options['force'] === true,
      note: options['note'] as string | undefined,
      userId: currentUser(),
    }
    const json = options['json'] === true
    const output = outputTo(process.stdout)
    if (options['check'] === true) {
      const verdict = await registry.assess(name, asked)
      if (!verdict.passed) process.exitCode = exitCodes.data
      return json ? printJson({ promoted: false, verdict }) : showVerdict(verdict, output)
    }
    try {
      const { verdict, forced } = await registry.promote(name, asked)
      if (json) return printJson({ promoted: true, forced, verdict })
      showVerdict(verdict, output)
      output.line(`${name}@${verdict.alias} is version ${version} now${forced ? ', by force' : ''}`)
    } catch (error) {
      const verdict = json && ConflictError.is(error) ? error.details['verdict'] : undefined
      if (verdict === undefined) throw error
      printJson({ promoted: false, verdict })
      process.exitCode = exitCodes.data
    }
  })
}

async function gateOf(options: CommandContext['options']): Promise<GivenGate> {
  const file = options['gate'] as string | undefined
  if (file !== undefined) return readGate(file)
  const by = numberOption('--min-gain', options['minGain'])
  const columns = options['slices'] as string[] | undefined
  return {
    metric: options['metric'] as string | undefined,
    mustBeat: by === 0 ? true : { by },
    level: numberOption('--level', options['level']),
    reach: options['reach'] === undefined ? undefined : numberOption('--reach', options['reach']),
    noWorseThan: columns && { columns },
    compatible: options['incompatible'] !== true,
    approvals: numberOption('--approvals', options['approvals']),
  }
}

async function readGate(file: string): Promise<GivenGate> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new NotFoundError(
      `There is no readable file '${file}' with the rules of the gate (--gate).`,
      { kind: 'gate', id: file },
      error,
    )
  })
  try {
    const rules: unknown = JSON.parse(text)
    if (typeof rules === 'object' && rules !== null && !Array.isArray(rules)) return rules
  } catch {
    // Said below.
  }
  throw new FormatError(
    `Cannot read '${file}' as the rules of a gate: expected a JSON object such as {"mustBeat":{"by":0.01}}.`,
    {
      format: 'gate',
      path: file,
    },
  )
}

function showVerdict({ checks, data, sentence }: Verdict, output: Output): void {
  for (const { passed, sentence: reason } of checks)
    output.prose(`${passed ? output.paint('green', '✓') : output.paint('red', '✗')} ${reason}`, '  ')
  if (data !== undefined) output.line(output.paint('dim', `on ${data.rows} rows of ${data.source}`))
  if (checks.length === 0) output.prose(sentence)
}

export async function rollbackModel(context: CommandContext): Promise<void> {
  const { args, options } = context
  const [name, alias = 'champion'] = [args[0]!, args[1]]
  const note = options['note'] as string | undefined
  const version = await withRegistry(context, ({ registry }) =>
    registry.rollback(name, alias, { note, userId: currentUser() }),
  )
  if (options['json'] === true) printJson(version)
  else outputTo(process.stdout).line(`${name}@${alias} is version ${version.version} again`)
}

export async function approveModel(context: CommandContext): Promise<void> {
  const { args, options } = context
  const note = { note: options['note'] as string | undefined, userId: currentUser() }
  const { event, version } = await withRegistry(context, async ({ registry }) => {
    const found = await registry.resolve(args[0]!)
    return { version: found, event: await registry.approve(found, note) }
  })
  if (options['json'] === true) printJson(event)
  else
    outputTo(process.stdout).line(
      `${version.name}/${version.version} is approved by ${event.userId || 'somebody without a name'}`,
    )
}
