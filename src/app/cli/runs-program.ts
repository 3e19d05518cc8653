// `modelwright runs …`, `experiments`, `rerun`: what can be typed. The commands are loaded when they run.
import type { Command } from 'commander'
import type { CommandContext } from './program.js'
import { listOption } from './train-options.js'

type Runner = (command: (context: CommandContext) => Promise<void>) => (...given: unknown[]) => Promise<void>

const run1 = 'its id, the first digits of it, or its name'

/** Declares the commands about runs. */
export function declareRuns(root: Command, run: Runner): void {
  const runs = root.command('runs').description('runs that were logged: list, show, compare, change, move')
  const declared = [
    ...lookingCommands(runs, run),
    ...changingCommands(runs, run),
    ...movingCommands(runs, run),
    root
      .command('experiments')
      .description('experiments: the groups that runs belong to')
      .option('--deleted', 'deleted ones, too')
      .action(
        run(async (context) => (await import('./commands/experiments.js')).experimentsCommand(context)),
      ),
    root
      .command('rerun')
      .description('run a training again: says what differs between then and now, compares what comes out')
      .argument('<run>', `the run (${run1}), or the folder of a bundle`)
      .argument('[source]', 'where the data lie now (default: where they lay then)')
      .option('--out <folder>', 'write the new bundle into a folder, too')
      .option('--threads <number>', 'threads for kernels; results do not depend on it')
      .action(run(async (context) => (await import('./commands/rerun.js')).rerunCommand(context))),
  ]
  for (const command of declared) {
    command
      .option(
        '--store <address>',
        'a file, postgres://… or http://… (default: MODELWRIGHT_STORE, else .modelwright/store.db)',
      )
      .option(
        '--artifacts <address>',
        'a folder or s3://… (default: MODELWRIGHT_ARTIFACTS, else .modelwright/artifacts)',
      )
      .option('--json', 'print one JSON document and nothing else')
  }
}

function lookingCommands(runs: Command, run: Runner): Command[] {
  const look = () => import('./commands/runs-look.js')
  return [
    runs
      .command('list', { isDefault: true })
      .description('runs, the newest first')
      .option('--filter <filter>', "MLflow's grammar: metrics.test_rmse < 3 and params.target = 'rent'")
      .option('--sort <terms>', 'such as "metrics.test_rmse ASC", separated by commas', listOption)
      .option('--experiment <names>', 'only of these (default: all)', listOption)
      .option('--columns <names>', 'such as metrics.test_rmse,params.seed,tags.team', listOption)
      .option('--limit <count>', 'how many', '20')
      .option('--deleted', 'deleted runs instead')
      .action(run(async (context) => (await look()).listRuns(context))),
    runs
      .command('show')
      .description('all that a run holds')
      .argument('<run>', run1)
      .action(run(async (context) => (await look()).showRun(context))),
    runs
      .command('compare')
      .description('parameters and metrics of runs side by side, where they differ')
      .argument('<runs...>', `each by ${run1}`)
      .option('--all', 'also what is equal')
      .action(run(async (context) => (await look()).compareRuns(context))),
  ]
}

function changingCommands(runs: Command, run: Runner): Command[] {
  const change = () => import('./commands/runs-change.js')
  return [
    runs
      .command('delete')
      .description('mark runs as deleted; restore takes the mark away')
      .argument('<runs...>', `each by ${run1}`)
      .action(run(async (context) => (await change()).deleteRuns(context))),
    runs
      .command('restore')
      .description('take the mark away from deleted runs')
      .argument('<runs...>', `each by ${run1}`)
      .action(run(async (context) => (await change()).restoreRuns(context))),
    runs
      .command('note')
      .description('print the note of a run, or write one')
      .argument('<run>', run1)
      .argument('[text]', 'Markdown; - for standard input')
      .action(run(async (context) => (await change()).noteRun(context))),
    runs
      .command('tag')
      .description('set tags of a run')
      .argument('<run>', run1)
      .argument('[pairs...]', 'key=value; key= with nothing behind sets an empty text')
      .option('--delete <keys>', 'take these away', listOption)
      .action(run(async (context) => (await change()).tagRun(context))),
  ]
}

function movingCommands(runs: Command, run: Runner): Command[] {
  const move = () => import('./commands/runs-move.js')
  return [
    runs
      .command('download')
      .description('write artifacts of a run into a folder')
      .argument('<run>', run1)
      .argument('[path]', 'a file or folder among them (default: all)')
      .option('--out <folder>', 'where (default: the first digits of its id)')
      .action(run(async (context) => (await move()).downloadRun(context))),
    runs
      .command('import')
      .description('bring the runs of an mlruns folder of MLflow in')
      .argument('<folder>', 'mlruns')
      .action(run(async (context) => (await move()).importRuns(context))),
    runs
      .command('export')
      .description('write runs as an mlruns folder, which MLflow opens')
      .argument('<folder>', 'new or empty')
      .option('--experiment <names>', 'only these (default: all)', listOption)
      .action(run(async (context) => (await move()).exportRuns(context))),
  ]
}
