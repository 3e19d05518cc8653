import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../../scripts/examples/compare.mjs'
import { instrument } from '../../scripts/examples/instrument.mjs'
import { runExamples } from '../../scripts/examples/run.mjs'
import { filesUnder, root } from '../../scripts/paths.mjs'

const results = await runExamples()

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

  it.each<[unknown, string]>([
    [0.8124, '0.812'],
    [0.8129, '0.812…'],
    [Float64Array.of(1, 2), 'Float64Array [1, 2]'],
    [[1, 2, 3], '[1, 2, …]'],
    [{ a: 'x', b: 2 }, "{ a: 'x', … }"],
    [0.75, '0.75 (three of four)'],
    [NaN, 'NaN'],
    [BigInt64Array.of(1n), '[1n]'],
  ])('takes %j for %s', (actual, answer) => {
    expect(() => check(actual, answer)).not.toThrow()
  })

  it.each<[unknown, string]>([
    [0.8126, '0.812'],
    [1.54, '1.5'],
    [[1, 2, 3], '[1, 2]'],
    [{ a: 'x', b: 2 }, "{ a: 'x' }"],
    ['2', '2'],
    [1, 'about one'],
  ])('does not take %j for %s', (actual, answer) => {
    expect(() => check(actual, answer)).toThrow('the comment')
  })
})
