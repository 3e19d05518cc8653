// Types of models in TypeScript, generated from their signatures: what `connect<Models>` of modelwright/client wants.

/** What must be known of a model: a part of what `/api/v1/serving/models` and `describe()` say of a version. */
export interface DescribedModel {
  readonly model: string
  readonly version: string
  readonly task?: string | undefined
  readonly columns?:
    | readonly {
        readonly name: string
        readonly type: 'number' | 'boolean' | 'timestamp' | 'string'
        readonly labels?: readonly [string, string]
      }[]
    | undefined
  readonly classes: readonly (string | number | boolean)[]
}

/**
 * The source of a module that exports `Models`: for each model the type of its rows and of its predictions.
 *
 * @param descriptions - one version of each model; plain graphs have no rows and are left out
 * @example
 * ```ts
 * const columns = [{ name: 'size', type: 'number' }] as const
 * const source = clientTypes([{ model: 'price', version: '1', task: 'regression', columns, classes: [] }])
 * source.includes('readonly "size": number | null') // => true
 * ```
 */
export function clientTypes(descriptions: readonly DescribedModel[]): string {
  const models = descriptions.filter(({ columns }) => columns !== undefined).map(modelType)
  return `// Rows and predictions of models in service, generated from their signatures by modelwright. To be used as
//   import { connect } from 'modelwright/client'
//   const models = connect<Models>('http://localhost:8080')

export interface Models {
${models.join('\n')}}
`
}

function modelType({ model, version, columns = [], classes, task }: DescribedModel): string {
  const fields = columns.map((field) => `      readonly ${key(field.name)}: ${cellType(field)}\n`)
  const labels = classes.map((label) => JSON.stringify(label))
  const isRegression = task === 'regression'
  const prediction = isRegression ? 'number' : union(labels)
  const shares = isRegression ? 'never' : union(classes.map((label) => JSON.stringify(String(label))))
  return `  /** Version ${comment(version)}${task === undefined ? '' : `: ${task}`}. */
  readonly ${key(model)}: {
    readonly row: {
${fields.join('')}    }
    readonly prediction: ${prediction}
    readonly classes: ${shares}
  }
`
}

const union = (parts: readonly string[]): string => (parts.length === 0 ? 'string' : parts.join(' | '))

/** JSON's text is a string of TypeScript too, but for two line ends that JSON leaves as they are and editors do not like. */
const key = (name: string): string =>
  JSON.stringify(name).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)

/** A comment cannot be left from inside. */
const comment = (text: string): string => text.replaceAll('*/', '*∕')

function cellType({ type, labels }: NonNullable<DescribedModel['columns']>[number]): string {
  switch (type) {
    case 'number':
      return 'number | null'
    case 'boolean':
      return labels === undefined ? 'boolean | null' : `${labels.map(key).join(' | ')} | boolean | null`
    default:
      // Timestamps are texts in the notation of training, or ISO 8601.
      return 'string | null'
  }
}
