// `modelwright models list`, `show`, `diff`, `history`: what the registry holds.
import type { DiffEntry, Lineage, ModelSignature, VersionDiff } from '../../../operate/registry/index.js'
import { parseReference } from '../../../operate/registry/index.js'
import {
  everyPage,
  type ModelEvent,
  type ModelVersion,
  type RegisteredModel,
} from '../../../operate/store/index.js'
import { formatCount, formatScore } from '../numbers.js'
import type { CommandContext } from '../program.js'
import { type Output, outputTo } from '../terminal/style.js'
import { type TextColumn, textTable } from '../terminal/text-table.js'
import { countOption } from '../train-options.js'
import { printJson, timeText, withRegistry } from './with-registry.js'

export async function listModels(context: CommandContext): Promise<void> {
  const models = await withRegistry(context, async ({ store }) => {
    const found: RegisteredModel[] = []
    const search = { filter: context.options['filter'] as string | undefined, maxResults: 1000 }
    for await (const page of everyPage((pageToken) => store.models.search({ ...search, pageToken })))
      found.push(...page.models)
    return found
  })
  if (context.options['json'] === true) return printJson({ models })
  const output = outputTo(process.stdout)
  if (models.length === 0) return output.line('no registered models')
  const newest = (model: RegisteredModel): string => String(model.latestVersions.at(-1)?.version ?? '')
  printTable(
    output,
    [
      { title: 'model', names: true },
      { title: 'newest', align: 'right' },
      { title: 'aliases' },
      { title: 'updated', mayGo: true },
      { title: 'description', mayGo: true },
    ],
    models.map((model) => [
      model.name,
      newest(model),
      aliasText(model.aliases),
      timeText(model.lastUpdateTime),
      model.description,
    ]),
  )
}

const aliasText = (aliases: Readonly<Record<string, number>>): string =>
  Object.entries(aliases)
    .map(([alias, version]) => `${alias} → ${version}`)
    .join(', ')

function printTable(
  output: Output,
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): void {
  const [title, ...lines] = textTable(columns, rows, output.width)
  output.line(output.paint('dim', title!))
  for (const line of lines) output.line(line)
}

export async function showModel(context: CommandContext): Promise<void> {
  const given = context.args[0]!
  const { name, version, alias } = parseReference(given)
  if (version !== undefined || alias !== undefined) {
    const found = await withRegistry(context, ({ registry }) => registry.resolve(given))
    return context.options['json'] === true ? printJson(found) : showVersion(found, outputTo(process.stdout))
  }
  const { model, versions } = await withRegistry(context, async ({ registry }) => ({
    model: await registry.model(name),
    versions: await registry.versions(name),
  }))
  if (context.options['json'] === true) return printJson({ ...model, versions })
  const output = outputTo(process.stdout)
  output.line(`${output.paint('bold', model.name)}, ${formatCount(versions.length)} versions`)
  if (model.description !== '') output.prose(model.description)
  for (const [key, value] of Object.entries(model.tags)) output.line(output.paint('dim', `${key}: ${value}`))
  if (versions.length === 0) return
  output.line()
  printTable(output, versionColumns, versions.map(versionRow))
}

const versionColumns: readonly TextColumn[] = [
  { title: 'version', align: 'right' },
  { title: 'aliases', names: true },
  { title: 'model', mayGo: true },
  { title: 'score in training' },
  { title: 'created', mayGo: true },
  { title: 'description', mayGo: true },
]

const lineageOf = (version: ModelVersion): Lineage | undefined => version.lineage as Lineage | undefined

const versionRow = (version: ModelVersion): string[] => [
  String(version.version),
  [...version.aliases, ...(version.stage === 'None' ? [] : [version.stage])].join(', '),
  lineageOf(version)?.bundle.model ?? '',
  scoreText(version),
  timeText(version.creationTime),
  version.description,
]

function scoreText(version: ModelVersion): string {
  const bundle = lineageOf(version)?.bundle
  return bundle === undefined ? '' : `${bundle.metric} ${formatScore(bundle.scores[bundle.metric] ?? NaN)}`
}

function showVersion(version: ModelVersion, { line, paint, prose }: Output): void {
  const lineage = lineageOf(version)
  const signature = version.signature as ModelSignature | undefined
  const aliases = version.aliases.length === 0 ? '' : `, ${version.aliases.join(', ')}`
  line(`${paint('bold', `${version.name}/${version.version}`)}${aliases}`)
  if (version.description !== '') prose(version.description)
  line(
    paint(
      'dim',
      `registered ${timeText(version.creationTime)}${version.userId && ` by ${version.userId}`} from ${version.source}`,
    ),
  )
  for (const [key, value] of Object.entries(version.tags)) line(paint('dim', `${key}: ${value}`))
  if (signature !== undefined) {
    line()
    line(
      `${signature.task}, predicts ${paint('bold', signature.target)}${signature.classes.length > 0 ? ` (${signature.classes.join(', ')})` : ''}`,
    )
    prose(`reads ${signature.inputs.map(({ name, type }) => `${name} (${type})`).join(', ')}`, '  ')
  }
  if (lineage === undefined) return
  line(`${lineage.bundle.model}, ${scoreText(version)} in training`)
  line()
  const { data, run, code, parent } = lineage
  line(`data: ${formatCount(data.rows)} rows × ${data.columns} columns, ${data.hash.slice(0, 16)}`)
  if (run !== undefined) line(`run: ${run.name} (${run.runId})`)
  if (code !== undefined)
    line(`code: ${code.commit.slice(0, 12)}${code.dirty === true ? ' with changes' : ''}`)
  if (parent !== undefined) line(`after version ${parent}`)
}

export async function diffModels(context: CommandContext): Promise<void> {
  const diff = await withRegistry(context, ({ registry }) =>
    registry.diff(context.args[0]!, context.args[1]!),
  )
  if (context.options['json'] === true) return printJson(diff)
  showDiff(diff, outputTo(process.stdout))
}

function showDiff(diff: VersionDiff, output: Output): void {
  const [a, b] = [diff.a, diff.b].map(({ name, version }) => `${name}/${version}`) as [string, string]
  output.line(`${output.paint('bold', a)} → ${output.paint('bold', b)}`)
  if (diff.signature === undefined)
    output.prose('What one of the two takes is not known, as it is no bundle.')
  else {
    output.prose(diff.signature.sentence)
    for (const { sentence, effect } of diff.signature.changes)
      output.prose(`${output.paint(effect === 'breaking' ? 'red' : 'yellow', effect)}: ${sentence}`, '  ')
  }
  section(output, 'metric in training', [a, b], diff.metrics.map(asText(formatScore)))
  for (const part of ['parameters', 'data', 'environment'] as const) {
    const differing = diff[part].filter(({ same }) => !same)
    section(output, part, [a, b], differing.map(asText(String)))
  }
}

const asText =
  <T>(write: (value: T) => string) =>
  ({ name, a, b }: DiffEntry<T>): string[] => [
    name,
    ...[a, b].map((value) => (value === undefined ? '' : write(value))),
  ]

function section(
  output: Output,
  title: string,
  [a, b]: readonly [string, string],
  rows: readonly (readonly string[])[],
): void {
  if (rows.length === 0) return
  output.line()
  printTable(output, [{ title, names: true }, { title: a }, { title: b }], rows)
}

export async function modelHistory(context: CommandContext): Promise<void> {
  const limit = countOption('--limit', context.options['limit'])
  const events = await withRegistry(context, ({ registry }) => registry.history(context.args[0]!, { limit }))
  if (context.options['json'] === true) return printJson({ events })
  const output = outputTo(process.stdout)
  for (const event of events) {
    const who = event.userId === '' ? '' : ` by ${event.userId}`
    output.line(`${output.paint('dim', timeText(event.time))}  ${event.kind}${who}`)
    const details = detailsText(event)
    if (details !== '') output.prose(`  ${details}`, '  ')
  }
}

function detailsText({ version, details }: ModelEvent): string {
  const { alias, from, to, note, verdict, sentence, forced } = details
  const moved = to === undefined ? undefined : `${placeText(from)} → ${placeText(to)}`
  const about =
    typeof alias === 'string' ? `${alias}: ${moved}` : (moved ?? (version && `version ${version}`))
  const parts = [
    about,
    sentence,
    typeof note === 'string' ? `“${note}”` : undefined,
    forced === true ? `forced: ${(verdict as { readonly sentence: string }).sentence}` : undefined,
  ]
  return parts.filter((part) => typeof part === 'string').join('; ')
}

/** A version, nowhere, a stage or a name. */
const placeText = (at: unknown): string =>
  typeof at === 'number' ? `version ${at}` : typeof at === 'string' ? at : 'nowhere'
