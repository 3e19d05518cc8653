// A config.json of Hugging Face, read field by field. Fields that are absent have the defaults of their library.
import { FormatError, quote } from '../../../base/index.js'
import type { Layer } from '../scope.js'
import { gelu, geluTanh, relu, silu, tanh } from '../layers/index.js'
import { t } from '../../../engine/graph/index.js'

/** Fields of a config.json, by the type that they must have. */
export interface ConfigFields {
  /** A whole number of at least 1. */
  count(name: string, fallback?: number): number
  /** A list of them. */
  counts(name: string, fallback: readonly number[]): readonly number[]
  /** A number of at least 0. */
  amount(name: string, fallback: number): number
  flag(name: string, fallback: boolean): boolean
  /** One of a few words; the error says that the others are not supported. */
  choice<const T extends string>(name: string, choices: readonly T[], fallback: NoInfer<T>): T
  /** A share that is dropped in training; undefined for none. */
  dropout(name: string, fallback: number): number | undefined
  activation(name: string, fallback: string): Layer
  /** How many classes there are to tell apart. */
  classes(): number
  /** The fault of a field, as an error. */
  fault(name: string, expected: string): FormatError
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1

// x · sigmoid(1.702 x), an approximation of gelu in models of OpenAI.
const quickGelu: Layer = (x) => t.mul(x, t.sigmoid(t.mul(x, 1.702)))

const activations: Readonly<Record<string, Layer>> = {
  gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  quick_gelu: quickGelu,
  relu,
  silu,
  swish: silu,
  tanh,
}

type Config = Readonly<Record<string, unknown>>

interface Rule<T> {
  readonly fallback: T | undefined
  readonly accepts: (value: unknown) => boolean
  readonly expected: string
}

const faultOf = (config: Config, name: string, expected: string): FormatError =>
  new FormatError(`config.json: '${name}' is ${quote(config[name] ?? null)}, expected ${expected}.`, {
    format: 'config.json',
    field: name,
    received: config[name],
  })

/** A field, or its default; Python writes None as null, which means the default too. */
function readField<T>(config: Config, name: string, { fallback, accepts, expected }: Rule<T>): T {
  const value = config[name] ?? fallback
  if (accepts(value)) return value as T
  throw faultOf(config, name, expected)
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0

const wholeNumber = { accepts: isCount, expected: 'a whole number of at least 1' }
const wholeNumbers = {
  accepts: (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isCount),
  expected: 'a list of whole numbers of at least 1',
}
const amount = { accepts: isAmount, expected: 'a number of at least 0' }
const share = {
  accepts: (value: unknown) => isAmount(value) && value < 1,
  expected: 'a share of at least 0 and less than 1',
}
const truth = { accepts: (value: unknown) => typeof value === 'boolean', expected: 'true or false' }

/** Reads fields of a parsed file. @throws (the fields) {@link FormatError} for a field that is not as it must be */
export function configFields(config: Config): ConfigFields {
  const read = <T>(name: string, rule: Rule<T>): T => readField(config, name, rule)
  const fields: ConfigFields = {
    fault: (name, expected) => faultOf(config, name, expected),
    count: (name, fallback) => read(name, { ...wholeNumber, fallback }),
    counts: (name, fallback) => read(name, { ...wholeNumbers, fallback }),
    amount: (name, fallback) => read(name, { ...amount, fallback }),
    flag: (name, fallback) => read(name, { ...truth, fallback }),
    choice: (name, choices, fallback) =>
      read(name, {
        fallback,
        accepts: (value) => (choices as readonly unknown[]).includes(value),
        expected: `one of ${choices.join(', ')}; others are not supported`,
      }),
    // None is cheaper than a layer that drops nothing.
    dropout: (name, fallback) => read(name, { ...share, fallback }) || undefined,
    activation: (name, fallback) => activations[fields.choice(name, Object.keys(activations), fallback)]!,
    classes() {
      const labels = config['id2label']
      // Two is what the library writes nothing for.
      return typeof labels === 'object' && labels !== null
        ? Object.keys(labels).length
        : fields.count('num_labels', 2)
    },
  }
  return fields
}
