// What can be searched for, and by which names. MLflow's documentation of search syntax lists them; its clients write all of these.

export type Entity = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset'

export interface Attribute {
  /** The column of the table. */
  readonly column: string
  readonly type: 'text' | 'number'
  readonly optional?: boolean | undefined
}

/** The names that a filter of one kind of thing may use. */
export interface Grammar {
  /** What is searched, in the plural. */
  readonly subject: string
  /** Each word that may stand before the dot. */
  readonly entities: Readonly<Record<string, Entity>>
  readonly attributes: Readonly<Record<string, Attribute>>
}

export const attributeWords = { attribute: 'attribute', attributes: 'attribute', attr: 'attribute' } as const
export const tagWords = { tag: 'tag', tags: 'tag' } as const
export const metricWords = { metric: 'metric', metrics: 'metric' } as const
export const paramWords = {
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
} as const
const runName: Attribute = { column: 'name', type: 'text' }
const startTime: Attribute = { column: 'start_time', type: 'number' }

export const runGrammar: Grammar = {
  subject: 'runs',
  entities: {
    ...attributeWords,
    ...tagWords,
    ...metricWords,
    ...paramWords,
    run: 'attribute',
    dataset: 'dataset',
    datasets: 'dataset',
  },
  attributes: {
    run_id: { column: 'run_id', type: 'text' },
    run_name: runName,
    'run name': runName,
    'Run name': runName,
    'Run Name': runName,
    status: { column: 'status', type: 'text' },
    user_id: { column: 'user_id', type: 'text' },
    artifact_uri: { column: 'artifact_uri', type: 'text' },
    start_time: startTime,
    created: startTime,
    Created: startTime,
    end_time: { column: 'end_time', type: 'number', optional: true },
  },
}

export const experimentGrammar: Grammar = {
  subject: 'experiments',
  entities: { ...attributeWords, ...tagWords },
  attributes: {
    name: { column: 'name', type: 'text' },
    experiment_id: { column: 'id', type: 'number' },
    creation_time: { column: 'creation_time', type: 'number' },
    last_update_time: { column: 'last_update_time', type: 'number' },
  },
}

/** What a dataset of a run is found by. */
export const datasetKeys = ['name', 'digest', 'context'] as const
