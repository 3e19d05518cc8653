// Finds the TypeScript examples of the documents and of the TSDoc comments.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, root } from '../paths.mjs'

/**
 * Every example as `{ name, file, code, run }`; `name` is the place, file:line. A fence marked `ts no-run` is only
 * type-checked (it needs a server, a terminal …).
 */
export function extractExamples() {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...filesUnder('docs/guide').filter((f) => f.endsWith('.md')),
  ]
  const sources = filesUnder('src').filter(
    (f) => f.endsWith('.ts') && !/\.(test|test-d|as|generated|d)\.ts$/.test(f),
  )
  return [
    ...documents.flatMap((file) => fences(file, read(file), 0)),
    ...sources.flatMap((file) =>
      exampleTags(read(file)).flatMap(({ text, line }) => fences(file, text, line)),
    ),
  ]
}

function read(file) {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch {
    return ''
  }
}

function fences(file, text, firstLine) {
  return [...text.matchAll(/^[ \t]*```(?:ts|typescript)([^\n]*)\n([\s\S]*?)^[ \t]*```/gm)].map((match) => ({
    name: `${file}:${firstLine + text.slice(0, match.index).split('\n').length}`,
    file,
    code: match[2].trimEnd(),
    run: !match[1].includes('no-run'),
  }))
}

/** The text after each `@example`, up to the next tag, without the comment's stars; `line` counts the lines before it. */
export function exampleTags(source) {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const before = source.slice(0, comment.index).split('\n').length - 1
    const lines = comment[0]
      .split('\n')
      .map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/, '').replace(/\*\/$/, ''))
    const text = lines.join('\n')
    return [...text.matchAll(/^@example\b([\s\S]*?)(?=^@[a-z]|$(?![\s\S]))/gm)].map((tag) => ({
      text: tag[1],
      line: before + text.slice(0, tag.index).split('\n').length - 1,
    }))
  })
}
