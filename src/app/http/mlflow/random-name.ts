// Names for runs and models that nobody named: easy to say, hard to confuse.
import { randomInt } from 'node:crypto'

const manners =
  'able amber brave brisk calm clever coral deft eager fair fleet gentle glad grand keen kind light lively lucid merry mild neat noble patient plain proud quick quiet rare ready sharp silver smooth steady stout sunny swift tidy vivid warm wise witty'.split(
    ' ',
  )
const creatures =
  'ant badger bat bear bee crane crow deer dove duck eagle elk falcon finch fox frog goat goose hare hawk heron horse ibis jay kite lark lynx mole moth mouse newt otter owl pike quail raven robin seal shrew snail stork swan toad trout vole wolf wren'.split(
    ' ',
  )

/** Such as `steady-heron-318`. */
export const randomName = (): string =>
  `${manners[randomInt(manners.length)]}-${creatures[randomInt(creatures.length)]}-${randomInt(1000)}`
