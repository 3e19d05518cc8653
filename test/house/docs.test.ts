import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../../scripts/examples/compare.mjs'
import { instrument } from '../../scripts/examples/instrument.mjs'
import { filesUnder, root } from '../../scripts/paths.mjs'
import { run } from '../../scripts/run.mjs'

interface Outcome {
  readonly name: string
  readonly fault?: string
}

// In a process of its own: examples run on the built package in plain Node, as users' code does.
const { output } = await run(process.execPath, [join(root, 'scripts/examples/run.mjs'), '--json'])
const results = JSON.parse(output) as readonly Outcome[]

describe('examples in the documents and in TSDoc', () => {
  it.each(results.map(({ name, fault }) => [name, fault]))(
    '%s compiles and gives what it says',
    (_, fault) => {
      expect(fault).toBeUndefined()
    },
  )
})

describe('links in the documents', () => {
  const documents = [
    ...readdirSync(root),
    ...['docs', 'examples', 'bench', 'src', 'test'].flatMap((folder) => filesUnder(folder)),
  ].filter((file) => file.endsWith('.md'))

  it.each(documents)('%s points at files and headings that exist', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(linksOf(text).filter((link) => !resolves(file, link))).toEqual([])
  })
})

/** Targets of Markdown links and images outside code; web addresses are not fetched. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((to) => !/^[a-z]+:/.test(to))
}

function resolves(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? join(root, file) : join(root, dirname(file), path)
  if (!existsSync(target)) return false
  return anchor === undefined || headingsOf(readFileSync(target, 'utf8')).includes(anchor)
}

/** Anchors as GitHub makes them: lower case, punctuation dropped, spaces to hyphens. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}

describe('the reader of examples', () => {
  it('asserts expressions, declarations, prints, loose answers and several lines', () => {
    const code = [
      '1 + 1 // => 2',
      'const a = 3 // => 3',
      'console.log(a) // => 3',
      'a + 1',
      '// => 4',
      'f(',
      '  a,',
      ') // => 9',
    ]
    expect(instrument(code.join('\n')).split('\n')).toEqual([
      ';check(await (1 + 1), "2")',
      'const a = 3',
      ';check(await (a), "3")',
      ';check(await (a), "3")',
      ';check(await (a + 1), "4")',
      ';check(await (f(',
      '  a,',
      ')), "9")',
    ])
  })

  it.each<[string, unknown]>([
    ['0.812', 0.8124],
    ['0.812…', 0.8129],
    ['Float64Array [1, 2]', Float64Array.of(1, 2)],
    ['[1, 2, …]', [1, 2, 3]],
    ["{ a: 'x', … }", { a: 'x', b: 2 }],
    ['0.75 (three of four)', 0.75],
    ['NaN', NaN],
    ['[1n]', BigInt64Array.of(1n)],
  ])('takes what %s says', (answer, actual) => {
    expect(() => check(actual, answer)).not.toThrow()
  })

  it.each<[string, unknown]>([
    ['0.812', 0.8126],
    ['1.5', 1.54],
    ['[1, 2]', [1, 2, 3]],
    ["{ a: 'x' }", { a: 'x', b: 2 }],
    ['2', '2'],
    ['about one', 1],
  ])('does not take anything else for %s', (answer, actual) => {
    expect(() => check(actual, answer)).toThrow('the comment')
  })
})
