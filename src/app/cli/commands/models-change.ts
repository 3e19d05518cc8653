// `modelwright models register`, `alias`, `tag`, `download`, `delete`: changing what the registry holds.
import { UsageError } from '../../../base/index.js'
import { parseReference } from '../../../operate/registry/index.js'
import type { CommandContext } from '../program.js'
import { outputTo } from '../terminal/style.js'
import { countOption } from '../train-options.js'
import { currentUser, printJson, tagPairs, withRegistry } from './with-registry.js'

/** A word to a person; programs get the document alone. */
function tell({ options }: CommandContext, document: unknown, sentence: string): void {
  if (options['json'] === true) printJson(document)
  else outputTo(process.stdout).line(sentence)
}

export async function registerModel(context: CommandContext): Promise<void> {
  const { args, options } = context
  const [name, bundle] = [args[0]!, args[1]!]
  const version = await withRegistry(
    context,
    ({ registry }) =>
      registry.register(name, bundle, {
        aliases: options['alias'] as string[] | undefined,
        tags: tagPairs((options['tag'] as string[] | undefined) ?? []),
        description: options['description'] as string | undefined,
        runId: options['run'] as string | undefined,
        userId: currentUser(),
      }),
    { create: true },
  )
  const aliases = version.aliases.length === 0 ? '' : ` as ${version.aliases.join(', ')}`
  tell(context, version, `${bundle} is ${name}/${version.version} now${aliases}`)
}

export async function aliasModel(context: CommandContext): Promise<void> {
  const { args, options } = context
  const [name, alias, given] = [args[0]!, args[1]!, args[2]]
  const remove = options['delete'] === true
  if ((given === undefined) !== remove) {
    throw new UsageError('models alias: give either the number of a version, or --delete.', {
      argument: 'version',
    })
  }
  const version = remove ? null : countOption('version', given)
  const note = { note: options['note'] as string | undefined, userId: currentUser() }
  const model = await withRegistry(context, async ({ registry }) => {
    await registry.setAlias(name, alias, version, note)
    return registry.model(name)
  })
  tell(
    context,
    model,
    version === null ? `${name} has no ${alias} any more` : `${name}@${alias} is version ${version} now`,
  )
}

export async function tagModel(context: CommandContext): Promise<void> {
  const reference = context.args[0]!
  const tags = tagPairs(context.args[1] as unknown as string[])
  const version = await withRegistry(context, async ({ registry }) => {
    await registry.setTags(reference, tags)
    return registry.resolve(reference)
  })
  const said = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
  tell(context, version, `${version.name}/${version.version}: ${said.join(', ')}`)
}

export async function downloadModel(context: CommandContext): Promise<void> {
  const [reference, folder] = [context.args[0]!, context.args[1]!]
  const found = await withRegistry(context, ({ registry }) => registry.download(reference, folder))
  tell(context, found, `${reference} is in ${folder}`)
}

export async function deleteModel(context: CommandContext): Promise<void> {
  const given = context.args[0]!
  const { name, version, alias } = parseReference(given)
  if (alias !== undefined) {
    throw new UsageError(
      `models delete: '${given}' is an alias, which may move. Give the number of the version, or take the alias away with: models alias ${name} ${alias} --delete.`,
      { argument: 'model' },
    )
  }
  const whole = version === undefined
  if (whole && context.options['yes'] !== true) {
    throw new UsageError(
      `models delete: '${given}' is a model with all its versions. Give --yes to delete it, or <name>/<version> for one of them.`,
      { argument: '--yes' },
    )
  }
  await withRegistry(context, ({ registry }) =>
    whole ? registry.deleteModel(name, currentUser()) : registry.deleteVersion(name, version, currentUser()),
  )
  tell(context, { deleted: given }, `${given} is deleted`)
}
