// The part of YAML in which MLflow writes its meta.yaml files (PyYAML's safe_dump of flat records): names with scalars, and records of them
// one level down, or lists of texts. Everything else, anchors, tags, block scalars, is refused: a file that has it is no meta.yaml.
import { FormatError } from '../../../base/index.js'

/** A scalar is its text, whatever type YAML would give it: ids of 18 digits are no numbers of ours. */
export type YamlValue = string | null | readonly string[] | YamlRecord
export interface YamlRecord {
  readonly [name: string]: YamlValue
}

interface Reader {
  readonly lines: readonly string[]
  at: number
  readonly path: string
}

/** @throws {@link FormatError} for what is not of this part of YAML */
export function parseYaml(text: string, path: string): YamlRecord {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n/)
  const reader: Reader = { lines, at: lines[0]?.trimEnd() === '---' ? 1 : 0, path }
  const record = readRecord(reader, 0)
  skipEmpty(reader)
  if (reader.at < lines.length) throw refused(reader, 'a name without indentation')
  return record
}

const isEmpty = (line: string): boolean => /^[ \t]*(#.*)?$/.test(line)
const indentOf = (line: string): number => /^ */.exec(line)![0].length

function skipEmpty(reader: Reader): void {
  while (reader.at < reader.lines.length && isEmpty(reader.lines[reader.at]!)) reader.at++
}

function refused({ at, path }: Reader, expected: string): FormatError {
  return new FormatError(
    `Cannot read line ${at + 1} of '${path}': expected ${expected}, as MLflow writes it. The file is damaged, or no meta.yaml.`,
    { format: 'meta.yaml', path, position: at + 1 },
  )
}

/** In a plain text this would begin a record. */
const nestedName = /:(\s|$)/

/** Deeper than MLflow's files go. */
const deepest = 2

function readRecord(reader: Reader, indent: number, depth = 0): YamlRecord {
  const record = Object.create(null) as Record<string, YamlValue>
  for (skipEmpty(reader); reader.at < reader.lines.length; skipEmpty(reader)) {
    const line = reader.lines[reader.at]!
    const own = indentOf(line)
    if (own < indent) break
    if (own > indent || line[own] === '\t')
      throw refused(reader, 'a name at the same indentation as the one before')
    const { name, rest } = nameOf(reader, line.slice(indent))
    if (name in record) throw refused(reader, `'${name}' once`)
    record[name] = readValue(reader, rest, { indent, depth })
  }
  return record
}

/** `name: rest`; a name with signs of YAML is in quotes. */
function nameOf(reader: Reader, line: string): { readonly name: string; readonly rest: string } {
  const quoted = /^(?:'((?:[^']|'')*)'|("(?:[^"\\]|\\.)*"))\s*:(?: +(.*))?$/s.exec(line)
  if (quoted !== null) {
    const name = quoted[1]?.replaceAll("''", "'") ?? unescaped(reader, quoted[2]!.slice(1, -1))
    return { name, rest: quoted[3] ?? '' }
  }
  const plain = /^([^\s'"[\]{}&*!|>%@`#,?:-][^#:]*?(?::(?=\S)[^#:]*?)*)\s*:(?: +(.*))?$/s.exec(line)
  if (plain === null) throw refused(reader, "'name: value'")
  return { name: plain[1]!, rest: plain[2] ?? '' }
}

function readValue(
  reader: Reader,
  rest: string,
  { indent, depth }: { readonly indent: number; readonly depth: number },
): YamlValue {
  const first = trimmed(rest)
  if (first === '[]') return (reader.at++, [])
  if (first === '{}') return (reader.at++, {})
  if (first.startsWith("'")) return readQuoted(reader, first.slice(1), false)
  if (first.startsWith('"')) return readQuoted(reader, first.slice(1), true)
  if (/^(?:[[{&*!|>%@`]|[-?](?:\s|$))/.test(first)) throw refused(reader, 'a plain or quoted value')
  if (nestedName.test(first)) throw refused(reader, 'no name within a text')
  reader.at++
  if (first === '') return readInner(reader, indent, depth)
  const text = readPlain(reader, first, indent)
  return /^(null|Null|NULL|~)$/.test(text) ? null : text
}

/** What stands below a name: a record further in, or nothing. */
function readInner(reader: Reader, indent: number, depth: number): YamlValue {
  skipEmpty(reader)
  const next = reader.lines[reader.at]
  if (next === undefined || indentOf(next) < indent) return null
  if (/^ *-(?: |$)/.test(next)) return readList(reader, indentOf(next))
  if (indentOf(next) === indent) return null
  if (depth + 1 >= deepest) throw refused(reader, 'no deeper record')
  return readRecord(reader, indentOf(next), depth + 1)
}

/** Texts one below the other, as the aliases of a version stand. */
function readList(reader: Reader, indent: number): string[] {
  const list: string[] = []
  for (skipEmpty(reader); reader.at < reader.lines.length; skipEmpty(reader)) {
    const line = reader.lines[reader.at]!
    if (indentOf(line) !== indent || !/^-(?: |$)/.test(line.slice(indent))) break
    const rest = line.slice(indent + 1)
    const item = trimmed(rest) === '' ? null : readValue(reader, rest, { indent, depth: deepest })
    if (typeof item !== 'string') throw refused(reader, 'a text in a list')
    list.push(item)
  }
  return list
}

/** A text without quotes; a long one goes on in the next lines, further in. */
function readPlain(reader: Reader, first: string, indent: number): string {
  const parts = [first.replace(/\s+#.*$/, '')]
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at]!
    if (trimmed(line) !== '' && indentOf(line) <= indent) break
    if (nestedName.test(line)) throw refused(reader, 'no name within a text')
    parts.push(trimmed(line))
    reader.at++
  }
  while (parts.at(-1) === '') parts.pop()
  return folded(parts)
}

/** Lines of one text: a break is a space, empty lines are breaks. A backslash at the end of a line of double quotes joins it to the next. */
function folded(parts: readonly string[], isDouble = false): string {
  let text = parts[0]!
  let breaks = 0
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue
    if (part === '' && i < parts.length - 1) {
      breaks++
      continue
    }
    const joins = isDouble && breaks === 0 && /(^|[^\\])(\\\\)*\\$/.test(text)
    text = joins ? text.slice(0, -1) + part : text + (breaks > 0 ? '\n'.repeat(breaks) : ' ') + part
    breaks = 0
  }
  return text
}

/** Only these are white space to YAML: others are part of a text. */
const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '')

const singleEnd = /^((?:[^']|'')*)'[ \t]*(?:[ \t]#.*)?$/
const doubleEnd = /^((?:[^"\\]|\\.)*)"[ \t]*(?:[ \t]#.*)?$/

function readQuoted(reader: Reader, first: string, isDouble: boolean): string {
  const whole = isDouble ? doubleEnd : singleEnd
  const parts: string[] = []
  for (let line = first; ; line = trimmed(reader.lines[reader.at]!)) {
    const end = whole.exec(line)
    reader.at++
    parts.push(end?.[1] ?? line)
    if (end !== null) break
    if (reader.at >= reader.lines.length) {
      reader.at--
      throw refused(reader, 'the end of a quoted text')
    }
  }
  const text = folded(parts, isDouble)
  return isDouble ? unescaped(reader, text) : text.replaceAll("''", "'")
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

function unescaped(reader: Reader, text: string): string {
  const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g
  return text.replace(escape, (...found) => {
    const [, two, four, eight, sign] = found as (string | undefined)[]
    const code = two ?? four ?? eight
    const known = code === undefined ? escapes[sign!] : codePoint(code)
    if (known === undefined) throw refused(reader, 'an escape of YAML')
    return known
  })
}

function codePoint(hex: string): string | undefined {
  const code = parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** What is written: numbers and null as YAML has them, texts so that they come back as texts. */
export type YamlInput = Readonly<
  Record<string, string | number | null | readonly [] | Readonly<Record<string, string>>>
>

/** Names in the order of their letters, as MLflow's files have them. */
export function yamlText(record: YamlInput): string {
  const lines = Object.keys(record)
    .toSorted()
    .flatMap((name) => {
      const value = record[name]!
      if (Array.isArray(value)) return [`${scalar(name)}: []`]
      if (typeof value !== 'object' || value === null)
        return [`${scalar(name)}: ${scalar(value as string | number | null)}`]
      const inner = Object.entries(value)
      if (inner.length === 0) return [`${scalar(name)}: {}`]
      return [`${scalar(name)}:`, ...inner.map(([key, text]) => `  ${scalar(key)}: ${scalar(text)}`)]
    })
  return `${lines.join('\n')}\n`
}

/** Texts that need no quotes: they begin with a letter or a slash, and nothing in them is a sign of YAML or another type. */
const plainText = /^[A-Za-z_/][\w./+=@-]*(?:[: ][\w./+=@-]+)*$/
const otherType = /^(null|true|false|yes|no|on|off|y|n)$/i

function scalar(value: string | number | null): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return String(value)
  if (plainText.test(value) && !otherType.test(value)) return value
  // oxlint-disable-next-line no-control-regex -- what cannot stand within single quotes
  if (!/[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/.test(value) && !/\p{Surrogate}/u.test(value))
    return `'${value.replaceAll("'", "''")}'`
  // oxlint-disable-next-line no-control-regex -- JSON leaves these as they are, YAML takes them for breaks of lines
  return JSON.stringify(value.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
