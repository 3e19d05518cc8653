// Rules of promotion, as data: what a challenger must show before it may take the place of the champion.
import { custom, defineOptions, flag, type GivenOptions, integer, optional, real } from '../../base/index.js'

/** A challenger must not be worse on parts of the data, though it may be better on the whole. */
export interface SliceRule {
  /** A part for each value of these columns; numbers by quarters. */
  readonly columns: readonly string[]
  /** So much worse is borne, in units of the metric. @default 0 */
  readonly by?: number | undefined
  /** Parts of fewer rows say little and are left out. @default 30 */
  readonly minRows?: number | undefined
}

export interface Gate {
  /** What decides. @default the metric that decided when the champion was trained */
  readonly metric: string | undefined
  /**
   * By how much the challenger must beat the champion, for sure: the whole interval of the difference lies above it. True is by 0, false
   * leaves this rule out; a negative number bears so much loss. @default true
   */
  readonly mustBeat: boolean | { readonly by: number }
  /** The score that a challenger must reach, with or without a champion. @default none */
  readonly reach: number | undefined
  /** Confidence of the intervals. @default 0.95 */
  readonly level: number
  /** @default none */
  readonly noWorseThan: SliceRule | undefined
  /** The challenger must take what the champion takes and answer alike. @default true */
  readonly compatible: boolean
  /** How many people must have approved the challenger. @default 0 */
  readonly approvals: number
}

export type GivenGate = GivenOptions<Gate>

const gateOptions = defineOptions<Gate>({
  metric: optional<string>({
    expected: 'the name of a metric',
    accepts: (value): value is string => typeof value === 'string' && value !== '',
  }),
  mustBeat: custom<Gate['mustBeat']>({
    default: true,
    expected: 'true, false or { by: number }',
    accepts: (value) => typeof value === 'boolean' || (isObject(value) && Number.isFinite(value['by'])),
  }),
  reach: optional<number>({
    expected: 'a number',
    accepts: (value): value is number => typeof value === 'number' && Number.isFinite(value),
  }),
  level: real({ min: 0.5, max: 1, exclusive: true, default: 0.95 }),
  noWorseThan: optional<SliceRule>({
    expected: '{ columns: names, by?: number, minRows?: number }',
    accepts: isSliceRule,
  }),
  compatible: flag({ default: true }),
  // More people than a company has are a slip.
  approvals: integer({ min: 0, max: 1000, default: 0 }),
})

/** Checks the rules and fills in what was not said; a slip in a name is no rule passed over. @throws {@link InvalidOptionError} */
export const parseGate = (given: GivenGate = {}): Gate => gateOptions.parse('gate', given)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

function isSliceRule(value: unknown): value is SliceRule {
  if (!isObject(value)) return false
  const { columns, by, minRows } = value
  return (
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every((name) => typeof name === 'string') &&
    (by === undefined || (typeof by === 'number' && by >= 0)) &&
    (minRows === undefined || (Number.isSafeInteger(minRows) && Number(minRows) > 0))
  )
}
