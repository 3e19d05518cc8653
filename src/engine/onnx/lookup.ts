// Tables from text to numbers, exact in float64: the LabelEncoder of ai.onnx.ml holds float32 values only, so text
// becomes an index first, and the index picks from a float64 constant.
import { InternalError } from '../../base/index.js'
import { intsAttribute, stringsAttribute } from './attributes.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import { cast, equal } from './operators.js'
import { tensor } from './tensor.js'

/**
 * The position of each text in a list, as int64; `absent` for texts that are not in it.
 *
 * @param options.keys - distinct texts
 * @param options.absent - default −1
 */
export function lookupIndex(
  g: GraphBuilder,
  texts: Value,
  options: { readonly keys: readonly string[]; readonly absent?: number },
): Value {
  const { keys, absent = -1 } = options
  if (new Set(keys).size !== keys.length) throw new InternalError('lookupIndex: the keys are not distinct.')
  const type = 'int64'
  // The operator refuses an empty table; its one key is then mapped to what absent texts get.
  const empty = keys.length === 0
  const attributes = {
    keys_strings: stringsAttribute(empty ? [''] : keys),
    values_int64s: intsAttribute(empty ? [absent] : Array.from(keys, (_, i) => i)),
    default_int64: absent,
  }
  return g.node('LabelEncoder', [texts], attributes, { domain: 'ai.onnx.ml', type, shape: texts.shape })
}

/**
 * The float64 value that belongs to each text.
 *
 * @param options.keys - distinct texts
 * @param options.values - one value for each key
 * @param options.absent - what texts without a key get; NaN is allowed
 * @example
 * ```ts
 * const g = graphBuilder({ name: 'share' })
 * const city = g.input('city', 'string', ['N', 1])
 * lookup(g, city, { keys: ['Oslo', 'Rome'], values: [0.25, 0.75], absent: Number.NaN }).type // => 'float64'
 * ```
 */
export function lookup(
  g: GraphBuilder,
  texts: Value,
  options: { readonly keys: readonly string[]; readonly values: ArrayLike<number>; readonly absent: number },
): Value {
  const { keys, values, absent } = options
  if (keys.length !== values.length)
    throw new InternalError(`lookup: ${keys.length} keys have ${values.length} values.`)
  const index = lookupIndex(g, texts, { keys, absent: keys.length })
  const table = g.initializer('values', tensor('float64', Float64Array.from([...Array.from(values), absent])))
  return g.node('Gather', [table, index], { axis: 0 }, { type: 'float64', shape: texts.shape })
}

/**
 * One column for each key: 1 where the text of [N, 1] equals it, otherwise 0, as float64 [N, keys].
 *
 * @param options.keys - distinct texts
 */
export function oneHotText(
  g: GraphBuilder,
  texts: Value,
  options: { readonly keys: readonly string[] },
): Value {
  const positions = g.initializer(
    'positions',
    tensor(
      'int64',
      options.keys.map((_, i) => i),
      [1, options.keys.length],
    ),
  )
  return cast(g, equal(g, lookupIndex(g, texts, options), positions), 'float64')
}
