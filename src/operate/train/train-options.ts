// What a training job is asked, from whichever face.
import {
  custom,
  checkOptions,
  defineOptions,
  drawnSeed,
  drawnSeedOption,
  flag,
  type GivenOptions,
  names,
  nullable,
  optional,
  type OptionChecks,
  oneOf,
  real,
  seedOption,
  text,
  threadsOption,
  UsageError,
  type WorkOptions,
  workSpecs,
} from '../../base/index.js'
import type { Table, TextEncoding } from '../../data/index.js'
import type { TrainRecipe } from './recipe.js'
import type { TrainingRunOptions, TrainingTracker } from './tracking.js'

/** The options of {@link train} that decide its result. */
export interface TrainSettings {
  /** What DuckDB reads: a path or glob of CSV, TSV, Parquet, JSON; '-' is standard input. */
  readonly source: string | null
  /** A query over files, instead of or over the source. @default null */
  readonly sql: string | null
  /** Whether the first line of a CSV file names its columns. @default null: seen from the data */
  readonly header: boolean | null
  /** Of text files. @default 'utf-8' */
  readonly encoding: TextEncoding
  /** The column to predict. */
  readonly target: string
  /** @default 'auto': classes for text, booleans and up to ten whole numbers; otherwise numbers */
  readonly task: 'auto' | 'binary' | 'multiclass' | 'regression'
  /** The metric that decides. @default roc-auc, log-loss or rmse by task */
  readonly metric: string | null
  /** Seconds for everything, reading and report included. @default 60 */
  readonly time: number
  /** @default 0 */
  readonly seed: number
  /** Columns to leave out. @default none */
  readonly drop: readonly string[]
  /** Columns to keep though the leakage guard would leave them out. @default none */
  readonly keep: readonly string[]
  /** Share of the rows to judge on. @default 0.2 */
  readonly test: number
  /** A file to judge on instead. @default null */
  readonly testFile: string | null
  /** Rows with equal values here stay on one side of every split; not a feature. @default null */
  readonly group: string | null
  /** Models learn from earlier rows and are judged on later ones. @default null */
  readonly timeColumn: string | null
  /** Keep the best model, or the simplest that the data cannot tell from it. @default 'best' */
  readonly prefer: 'best' | 'simple'
}

export interface TrainOptions extends GivenOptions<Omit<TrainSettings, 'target' | 'seed'>>, WorkOptions {
  /** The column to predict. */
  readonly target: string
  /** Equal seeds give equal models. 'random' draws a seed, which the result tells. @default 0 */
  readonly seed?: number | 'random' | undefined
  /** The rows themselves, instead of a source: a table, or objects of any type. */
  readonly table?: Table | readonly object[] | undefined
  /** The folder of the bundle. @default nothing is written */
  readonly out?: string | undefined
  readonly threads?: number | undefined
  /** Keeps the job as a run: from `openTracker` of `modelwright/track`. @default nothing is kept */
  readonly tracker?: TrainingTracker | undefined
  /** Name, experiment, tags, note and parent of that run. */
  readonly run?: TrainingRunOptions | undefined
}

export const trainSettings = defineOptions<TrainSettings>({
  source: nullable(text({ default: '' })),
  sql: nullable(text({ default: '' })),
  header: nullable(flag({ default: true })),
  encoding: oneOf(['utf-8', 'latin-1'], { default: 'utf-8' }),
  target: custom<string>({
    default: '',
    expected: 'the name of a column',
    accepts: (value) => typeof value === 'string' && value !== '',
  }),
  task: oneOf(['auto', 'binary', 'multiclass', 'regression'], { default: 'auto' }),
  metric: nullable(text({ default: '' })),
  time: real({ min: 0, exclusive: true, default: 60 }),
  seed: seedOption,
  drop: names({ default: [] }),
  keep: names({ default: [] }),
  test: real({ min: 0, max: 1, exclusive: true, default: 0.2 }),
  testFile: nullable(text({ default: '' })),
  group: nullable(text({ default: '' })),
  timeColumn: nullable(text({ default: '' })),
  prefer: oneOf(['best', 'simple'], { default: 'best' }),
})

/** A job: anew, or by the recipe of an earlier one. */
export type JobOptions = TrainOptions & { readonly replay?: TrainRecipe | undefined }

/**
 * The settings of a job, those of its recipe if it has one; a seed is drawn where that is asked for.
 *
 * @throws {@link InvalidOptionError} for an unknown option or an unaccepted value
 */
export function settingsOf(options: JobOptions): TrainSettings {
  checkOptions<JobOptions>('train', options, jobChecks)
  if (options.replay === undefined) requireWhat(options)
  const {
    table: _table,
    replay,
    out: _out,
    threads: _threads,
    signal: _signal,
    onEvent: _onEvent,
    tracker: _tracker,
    run: _run,
    seed,
    ...settings
  } = options
  return replay?.settings ?? trainSettings.parse('train', { ...settings, seed: drawnSeed(seed) })
}

/** @throws {@link UsageError} when there is nothing to learn from, or two things, or nothing to predict */
function requireWhat({ target, table, source, sql }: JobOptions): void {
  // Options that come from JavaScript, or as data, may lack what the type asks for.
  if ((target as string | undefined) === undefined || target === '')
    throw new UsageError('train: the target is missing. Name the column to predict as target (--target).', {
      argument: 'target',
    })
  const read = [source, sql].some((given) => given !== undefined && given !== null)
  if (table !== undefined && read)
    throw new UsageError(
      'train: both a table and a source were given, expected one of them. Leave out table, or source and sql.',
      { argument: 'table' },
    )
  if (table === undefined && !read)
    throw new UsageError(
      'train: there is nothing to learn from. Give rows or a table as table, or the name of a file as source.',
      { argument: 'source' },
    )
}

const jobChecks: OptionChecks<JobOptions> = {
  ...trainSettings.specs,
  seed: drawnSeedOption,
  table: true,
  out: optional(text({ default: '' })),
  threads: threadsOption,
  replay: true,
  tracker: custom<TrainingTracker | undefined>({
    default: undefined,
    expected: 'a tracker, from openTracker of modelwright/track',
    accepts: (value) => typeof value === 'object' && value !== null && 'startTraining' in value,
  }),
  run: custom<TrainingRunOptions | undefined>({
    default: undefined,
    expected: 'an object of name, experiment, tags, note and parent',
    accepts: (value) => typeof value === 'object' && value !== null,
  }),
  ...workSpecs,
}
