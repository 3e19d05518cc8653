// What can be typed: commands, arguments and options.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { declareFlags } from './flags.js'
import { declareModels } from './models-program.js'
import { declareRuns } from './runs-program.js'
import { serveFlags, uiFlags } from './server-flags.js'
import { listOption } from './train-options.js'

const version = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

type Options = Record<string, unknown>

const header = 'the first line names the columns (default: seen from the data)'
const noHeader = 'it does not: they are called column_1, column_2 …'
const encoding = 'of text files: utf-8 or latin-1'

/** All commands with their options. They are loaded when they run, so that --help is quick. */
export function program(): Command {
  const root = new Command('modelwright')
    .description(
      'The machine-learning engineer for TypeScript: from a data file to a judged, portable model.',
    )
    .version(version)
    .option('--debug', 'show the stack trace of an error')
    .showSuggestionAfterError()
    .exitOverride()
  declareTrain(root)
  declareUses(root)
  declareLooks(root)
  declareRuns(root, run)
  declareServers(root)
  declareKeys(root)
  declareModels(root, run)
  const commands = root.commands.flatMap((own) => [own, ...own.commands])
  for (const command of commands) command.exitOverride().option('--debug', 'show the stack trace of an error')
  for (const command of [root, ...commands])
    command.configureOutput({ outputError: (text, write) => write(sentence(text, pathOf(command))) })
  return root
}

function declareTrain(root: Command): void {
  root
    .command('train')
    .description('learn to predict a column: profile, ladder of models, judged winner, report, bundle')
    .argument('[source]', 'CSV, TSV, Parquet, JSON(L), also gzip and globs; - for standard input')
    .option('--target <column>', 'the column to predict')
    .option('--task <task>', 'auto, binary, multiclass or regression', 'auto')
    .option('--metric <name>', 'the metric that decides (default: roc-auc, log-loss or rmse)')
    .option('--time <duration>', 'time for everything: 60s, 5m, 1h', '60s')
    .option('--seed <number>', "equal seeds give equal models; 'random' draws one and tells it", '0')
    .option('--out <folder>', 'where the bundle goes (default: <source>-model)')
    .option('--drop <columns>', 'columns to leave out, separated by commas; "a, b" is one name', listOption)
    .option('--keep <columns>', 'columns to keep though they look like leaks', listOption)
    .option('--test <share>', 'share of the rows to judge on', '0.2')
    .option('--test-file <file>', 'rows to judge on, instead')
    .option('--group <column>', 'rows with equal values stay on one side of every split')
    .option('--time-column <column>', 'learn from earlier rows, judge on later ones')
    .option('--prefer <which>', 'keep the best model, or the simplest that is as good: best, simple', 'best')
    .option('--sql <query>', "a query over files: select … from 'file.csv'")
    .option('--header', header)
    .option('--no-header', noHeader)
    .option('--encoding <name>', encoding, 'utf-8')
    .option('--recipe <bundle>', 'replay the recipe of a bundle, without a clock')
    .option('--threads <number>', 'threads for kernels; results do not depend on it')
    .option('--track [store]', 'log a run, into this store (default: where one is set up, see the guide)')
    .option('--no-track', 'log no run')
    .option('--no-test-rows', 'keep no rows in the run: promotion then needs --data')
    .option('--experiment <name>', 'the experiment that the run belongs to')
    .option('--run-name <name>', 'how the run is called')
    .option('--json', 'print one JSON document and nothing else')
    .action(run(async (context) => (await import('./commands/train.js')).trainCommand(context)))
}

/** What is done with a bundle. */
function declareUses(root: Command): void {
  root
    .command('predict')
    .description('predict with a bundle: one row per input row, in input order')
    .argument('<bundle>', 'the folder that train wrote')
    .argument('[source]', 'the rows; - for standard input')
    .option('-o, --out <file>', '.csv, .parquet or .jsonl; - for standard output', '-')
    .option('--keep-columns', 'carry the input columns along')
    .option('--interval [level]', 'regression: add the ends of a prediction interval (default level 0.9)')
    .option('--sql <query>', 'a query over files')
    .option('--header', header)
    .option('--no-header', noHeader)
    .option('--encoding <name>', encoding, 'utf-8')
    .option('--engine <name>', 'auto, native or wasm', 'auto')
    .option('--json', 'print a summary as JSON when writing to a file')
    .action(run(async (context) => (await import('./commands/predict.js')).predictCommand(context)))
  root
    .command('evaluate')
    .description('score a bundle on rows with a known target')
    .argument('<bundle>', 'the folder that train wrote')
    .argument('[source]', 'the rows, with the target column; - for standard input')
    .option('--sql <query>', 'a query over files')
    .option('--header', header)
    .option('--no-header', noHeader)
    .option('--encoding <name>', encoding, 'utf-8')
    .option('--engine <name>', 'auto, native or wasm', 'auto')
    .option('--json', 'print one JSON document')
    .action(run(async (context) => (await import('./commands/evaluate.js')).evaluateCommand(context)))
}

/** What only looks. */
function declareLooks(root: Command): void {
  root
    .command('profile')
    .description('look at data: kinds, missing values, distributions, warnings')
    .argument('[source]', 'the rows; - for standard input')
    .option('--target <column>', 'also look at imbalance and leaks')
    .option('--html <file>', 'write the profile as a page')
    .option('--sql <query>', 'a query over files')
    .option('--header', header)
    .option('--no-header', noHeader)
    .option('--encoding <name>', encoding, 'utf-8')
    .option('--json', 'print one JSON document')
    .action(run(async (context) => (await import('./commands/profile.js')).profileCommand(context)))
  root
    .command('inspect')
    .description('show what a bundle holds')
    .argument('<bundle>', 'the folder that train wrote')
    .option('--json', 'print one JSON document')
    .action(run(async (context) => (await import('./commands/inspect.js')).inspectCommand(context)))
  root
    .command('doctor')
    .description('show Node, engines, threads, what is missing and how to get it')
    .option('--json', 'print one JSON document')
    .action(run(async (context) => (await import('./commands/doctor.js')).doctorCommand(context)))
}

/** What answers over HTTP. */
function declareServers(root: Command): void {
  declareFlags(
    root
      .command('serve')
      .description('answer with models over HTTP: bundles, ONNX files, models of the registry')
      .argument('[models...]', 'bundles, ONNX files, folders of these, or name@alias'),
    serveFlags,
  ).action(run(async (context) => (await import('./commands/serve.js')).serveCommand(context)))
  declareFlags(
    root
      .command('ui')
      .description("show runs and models on a page, and keep what MLflow's clients log")
      .option('--serve <models...>', 'serve these models, too'),
    uiFlags,
  ).action(run(async (context) => (await import('./commands/ui.js')).uiCommand(context)))
}

/** Who may use a server. */
function declareKeys(root: Command): void {
  const keys = root.command('keys').description('make, list and revoke keys of servers on a store')
  const declare = (command: Command): Command =>
    command
      .option('--store <address>', 'the store of the server: a file, or postgres://…')
      .option('--json', 'print one JSON document')
  declare(keys.command('create').description('make a key; it is shown once'))
    .requiredOption('--name <who>', 'whose key it is')
    .requiredOption('--scopes <list>', 'what it allows: predict, predict:<model>, read, write, admin')
    .option('--expires <duration>', 'when it ends by itself: 12h, 90d (default: never)')
    .action(run(async (context) => (await import('./commands/keys.js')).createKeyCommand(context)))
  declare(keys.command('list').description('list keys, without themselves')).action(
    run(async (context) => (await import('./commands/keys.js')).listKeysCommand(context)),
  )
  declare(keys.command('revoke').description('end a key at once, for good'))
    .argument('<key>', 'its first characters, as list shows them, or its name')
    .action(run(async (context) => (await import('./commands/keys.js')).revokeKeyCommand(context)))
}

/** A command as it is typed. */
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** Commander's message as a sentence of ours. */
function sentence(text: string, command: string): string {
  const [message = '', hint] = text
    .replace(/^error: /, '')
    .trim()
    .split(/\n\(|\)$/)
  return `modelwright: ${message.replace(/\.$/, '')}.${hint === undefined ? ` See ${command} --help.` : ` ${hint}`}\n`
}

/** What a command is given. */
export interface CommandContext {
  readonly args: readonly (string | undefined)[]
  readonly options: Options
  /** The names of options that were typed, not filled in. */
  readonly typed: readonly string[]
  readonly version: string
}

/** Brings commander's arguments into one object. */
function run(command: (context: CommandContext) => Promise<void>) {
  return async (...given: unknown[]): Promise<void> => {
    const own = given.at(-1) as Command
    const options = own.opts()
    const typed = Object.keys(options).filter((name) => own.getOptionValueSource(name) === 'cli')
    await command({ args: own.processedArgs as (string | undefined)[], options, typed, version })
  }
}
