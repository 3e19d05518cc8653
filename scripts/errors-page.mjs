// Writes docs/errors.md from the comments and classes of src/base/errors.ts: node scripts/errors-page.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './paths.mjs'

const page = join(root, 'docs/errors.md')

/** The page as the sources and the build of today give it. */
export async function errorsPage() {
  const { exitCodeOf } = await import('../dist/app/cli/exit-codes.js')
  const classes = await import('../dist/base/errors.js')
  const source = readFileSync(join(root, 'src/base/errors.ts'), 'utf8')
  const leaves = [
    ...source.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport class (\w+) extends errorClass\('([\w-]+)'\)/g,
    ),
  ]
  const rows = leaves.map(([, comment, name, code]) => {
    const status = exitCodeOf(new classes[name]('text'))
    return `| \`${name}\` | \`${code}\` | ${[...partsOf(comment), status].join(' | ')} |`
  })
  return [head, ...rows, '', tail].join('\n')
}

/** Cause, what to do, and details, from the sentences of a comment. */
function partsOf(comment) {
  const text = comment.replace(/\n \* ?/g, ' ').trim()
  const [sentences, details = ''] = text.split(/\s*`details`: /)
  const end = sentences.indexOf('. ')
  const names = details.replace(/\.$/, '').split(', ')
  return [
    sentences.slice(0, end + 1),
    sentences.slice(end + 2),
    details === '' ? '' : names.map((name) => `\`${name}\``).join(', '),
  ]
}

const head = `# Errors

<!-- Written by scripts/errors-page.mjs from src/base/errors.ts. Do not edit. -->

Every error thrown on purpose is a \`ModelwrightError\`. Its \`message\` is a sentence that says what failed, what was expected and
received, and what to do; \`details\` says the same to a program. \`UnknownColumnError.is(error)\` holds for that class, also
across two installed copies of the package; \`ModelwrightError.is(error)\` for all of them. The command line prints the
sentence and ends with the status of the last column; \`--debug\` adds the stack trace.

| Class | Code | Cause | What to do | Details | Status |
|---|---|---|---|---|---|`

const tail = `The other statuses of the command line: 0 done, also when the time ended with a model; 1 our own bug; 130 interrupted.
`

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, await errorsPage())
