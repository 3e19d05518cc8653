// Reads a filter or an order from left to right: names, operators, values. Says where it stopped and what it expected there.
import { quote, UsageError } from '../../../base/index.js'

/** A name with what it belongs to: `metrics.loss` is 'metrics' and 'loss', `status` only 'status'. */
export interface Path {
  readonly owner: string | undefined
  readonly key: string
  readonly position: number
}

export interface Scanner {
  position(): number
  atEnd(): boolean
  /** The word at the cursor, when it is this one in any case; the cursor then stands behind it. */
  keyword(word: string): boolean
  /** The text at the cursor, when it is this one. */
  symbol(symbol: string): boolean
  path(): Path
  number(): number | undefined
  text(): string | undefined
  fail(expected: string, position?: number): UsageError
}

/** What a name may hold without quotes: all but white space, operators, quotes, brackets and commas. */
const bareOwner = /[^\s=<>!'"`(),;.]+/y
const bareKey = /[^\s=<>!'"`(),;]+/y
const numberPattern = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.])/iy
const spacePattern = /\s*/y
/** A quote within a text in the same quotes is written twice, as in SQL. */
const quoted: Readonly<Record<string, RegExp>> = {
  "'": /'((?:[^']|'')*)'/y,
  '"': /"((?:[^"]|"")*)"/y,
  '`': /`((?:[^`]|``)*)`/y,
}

/** Starts at the first character; `argument` is what the text is called in errors. */
export function scanner(argument: 'filter' | 'order_by', source: string): Scanner {
  let at = 0
  const skip = (): void => {
    spacePattern.lastIndex = at
    spacePattern.exec(source)
    at = spacePattern.lastIndex
  }
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(source) ?? undefined
    if (found !== undefined) at = pattern.lastIndex
    return found
  }
  const inQuotes = (marks: string): string | undefined => {
    const mark = source[at]
    if (mark === undefined || !marks.includes(mark)) return undefined
    const start = at
    const found = match(quoted[mark]!)
    if (found === undefined) throw fail(`a closing ${mark}`, start)
    return found[1]!.replaceAll(mark + mark, mark)
  }
  const fail = (expected: string, position = at): UsageError => {
    const rest = source.slice(position).trimEnd()
    const received = rest === '' ? 'its end' : quote(rest)
    return new UsageError(
      `Cannot read the ${argument} ${quote(source)} at position ${position + 1}: expected ${expected}, received ${received}.`,
      { argument, position, expected },
    )
  }
  skip()
  return {
    position: () => at,
    atEnd: () => at >= source.length,
    fail,
    keyword(word) {
      const found = source.slice(at, at + word.length)
      const behind = source[at + word.length]
      if (found.toUpperCase() !== word || (behind !== undefined && /\w/.test(behind))) return false
      at += word.length
      skip()
      return true
    },
    symbol(symbol) {
      if (!source.startsWith(symbol, at)) return false
      at += symbol.length
      skip()
      return true
    },
    path() {
      const position = at
      const first = inQuotes('`"') ?? match(bareOwner)?.[0]
      if (first === undefined) throw fail('a name such as metrics.loss or attributes.status')
      let key: string | undefined
      if (source[at] === '.') {
        at += 1
        key = inQuotes('`"\'') ?? match(bareKey)?.[0]
        if (key === undefined) throw fail(`a name behind '${first}.'`)
      }
      skip()
      return key === undefined ? { owner: undefined, key: first, position } : { owner: first, key, position }
    },
    number() {
      const found = match(numberPattern)
      skip()
      return found && Number(found[0])
    },
    text() {
      const found = inQuotes('\'"')
      skip()
      return found
    },
  }
}
