// Names for runs that were given none: easier to tell apart, and to say aloud, than 32 digits.
import { randomInt } from 'node:crypto'

const qualities =
  'amber brisk calm clear cool copper crisp early fair fleet frosty gentle golden green keen lively lucid mellow nimble quiet rapid rosy sandy sharp silver smooth snowy sunny swift tidy vivid warm'.split(
    ' ',
  )
const things =
  'alder badger beacon birch brook cedar comet coral crane delta ember falcon fern finch grove harbor heron island juniper lagoon lark maple marten meadow otter pine plover quartz reef sparrow spruce willow'.split(
    ' ',
  )

/** Such as `calm-otter-412`; two may be equal, ids never are. */
export const newRunName = (): string =>
  `${qualities[randomInt(qualities.length)]}-${things[randomInt(things.length)]}-${randomInt(100, 1000)}`
