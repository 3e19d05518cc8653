// `modelwright models …`: what can be typed. The commands are loaded when they run.
import type { Command } from 'commander'
import { listOption } from './train-options.js'
import type { CommandContext } from './program.js'

type Runner = (command: (context: CommandContext) => Promise<void>) => (...given: unknown[]) => Promise<void>

const reference = '<name>/<version> or <name>@<alias>; <name> is its champion, or its newest version'

/** Declares the commands of the registry. */
export function declareModels(root: Command, run: Runner): void {
  const models = root
    .command('models')
    .description('registered models: versions, aliases, promotion, rollback')
  const declared = [
    ...lookingCommands(models, run),
    ...changingCommands(models, run),
    ...promotingCommands(models, run),
  ]
  for (const command of declared) {
    command
      .option(
        '--store <address>',
        'a file or postgres://… (default: MODELWRIGHT_STORE, else .modelwright/store.db)',
      )
      .option(
        '--artifacts <address>',
        'a folder or s3://… (default: MODELWRIGHT_ARTIFACTS, else .modelwright/artifacts)',
      )
      .option('--json', 'print one JSON document and nothing else')
  }
}

function lookingCommands(models: Command, run: Runner): Command[] {
  const look = () => import('./commands/models-look.js')
  return [
    models
      .command('list')
      .description('registered models')
      .option('--filter <filter>', "MLflow's grammar: name ILIKE '%churn%' and tags.team = 'blue'")
      .action(run(async (context) => (await look()).listModels(context))),
    models
      .command('show')
      .description('a model with its versions, or one version')
      .argument('<model>', `<name>, or ${reference}`)
      .action(run(async (context) => (await look()).showModel(context))),
    models
      .command('diff')
      .description('what differs between two versions: columns, metrics, parameters, data, environment')
      .argument('<a>', reference)
      .argument('<b>', reference)
      .action(run(async (context) => (await look()).diffModels(context))),
    models
      .command('history')
      .description('what happened to a model, the newest first')
      .argument('<name>', 'the model')
      .option('--limit <count>', 'how many events', '20')
      .action(run(async (context) => (await look()).modelHistory(context))),
  ]
}

function changingCommands(models: Command, run: Runner): Command[] {
  const change = () => import('./commands/models-change.js')
  return [
    models
      .command('register')
      .description('make a bundle the next version of a model')
      .argument('<name>', 'the model; it is made when it is not there')
      .argument('<bundle>', 'the folder that train wrote, or runs:/<run>/model')
      .option('--run <id>', 'the run that made it')
      .option('--alias <names>', 'put to the new version at once, without a gate', listOption)
      .option('--tag <pairs>', 'key=value, separated by commas', listOption)
      .option('--description <text>', 'of the version')
      .action(run(async (context) => (await change()).registerModel(context))),
    models
      .command('alias')
      .description('put an alias to a version without a gate, or take it away')
      .argument('<name>', 'the model')
      .argument('<alias>', 'such as champion or challenger')
      .argument('[version]', 'its number')
      .option('--delete', 'take it away')
      .option('--note <text>', 'why, for the record')
      .action(run(async (context) => (await change()).aliasModel(context))),
    models
      .command('tag')
      .description('set tags of a version')
      .argument('<version>', reference)
      .argument('<pairs...>', 'key=value; key= with nothing behind sets an empty text')
      .action(run(async (context) => (await change()).tagModel(context))),
    models
      .command('download')
      .description('write the files of a version into a new folder, each checked by its hash')
      .argument('<version>', reference)
      .argument('<folder>', 'new or empty')
      .action(run(async (context) => (await change()).downloadModel(context))),
    models
      .command('delete')
      .description('delete a version that no alias points to, or a whole model')
      .argument('<model>', '<name>/<version>, or <name> with --yes')
      .option('--yes', 'delete a model with all its versions')
      .action(run(async (context) => (await change()).deleteModel(context))),
  ]
}

function promotingCommands(models: Command, run: Runner): Command[] {
  const promote = () => import('./commands/models-promote.js')
  return [
    models
      .command('promote')
      .description('let a version take the place of the champion, if it is surely better on the same rows')
      .argument('<version>', '<name>/<version> or <name>@<alias>')
      .option('--alias <alias>', 'the place to take', 'champion')
      .option('--data <file>', 'rows with a known target (default: those that its run kept)')
      .option('--metric <name>', 'what decides (default: what decided in training)')
      .option('--min-gain <number>', 'by how much it must be better, in units of the metric', '0')
      .option('--level <share>', 'confidence of the interval', '0.95')
      .option('--reach <number>', 'the score that it must reach')
      .option('--slices <columns>', 'it must not be surely worse on a part by these columns', listOption)
      .option('--approvals <count>', 'how many people must have approved it', '0')
      .option('--gate <file>', 'these rules as JSON, instead')
      .option('--incompatible', 'callers of the champion may have to be changed')
      .option('--check', 'only tell what the gate says')
      .option('--force', 'promote whatever the gate says; needs --note')
      .option('--note <text>', 'why, for the record')
      .action(run(async (context) => (await promote()).promoteModel(context))),
    models
      .command('rollback')
      .description('put an alias back to where it pointed before')
      .argument('<name>', 'the model')
      .argument('[alias]', 'the alias', 'champion')
      .option('--note <text>', 'why, for the record')
      .action(run(async (context) => (await promote()).rollbackModel(context))),
    models
      .command('approve')
      .description('say that you approve of a version; gates can ask for it')
      .argument('<version>', reference)
      .option('--note <text>', 'what you looked at')
      .action(run(async (context) => (await promote()).approveModel(context))),
  ]
}
