// Turns the comments `// => value` of an example into assertions.
import { Script } from 'node:vm'

/** The code with `check(value, 'text')` after each statement that says what it gives. */
export function instrument(code) {
  const lines = joinLooseAnswers(code.split('\n'))
  const output = []
  for (const line of lines) {
    const match = /^(.*?)\s*\/\/ => (.*)$/.exec(line)
    if (match === null) output.push(line)
    else output.push(...assertion(takeStatement(output, match[1]), match[2].trim()))
  }
  return output.join('\n')
}

/** A line that holds only `// => value` speaks of the line before it. */
function joinLooseAnswers(lines) {
  const joined = []
  for (const line of lines) {
    if (/^\s*\/\/ => /.test(line) && joined.length > 0) joined.push(`${joined.pop()} ${line.trim()}`)
    else joined.push(line)
  }
  return joined
}

/** Takes back lines from the output until the statement that ends here is whole. */
function takeStatement(output, lastLine) {
  let statement = lastLine
  for (let taken = 0; !isWhole(statement) && taken < output.length; taken++) {
    statement = `${output[output.length - 1 - taken]}\n${statement}`
    if (isWhole(statement)) output.length -= taken + 1
  }
  return isWhole(statement) ? statement : lastLine
}

function isWhole(text) {
  try {
    // Only parsed, never called. Types are blanked, because this parser knows JavaScript only.
    void new Script(`async () => { ${text.replace(/ (?:as|satisfies) [A-Z]\w*/g, '')} }`)
    return text.trim() !== ''
  } catch {
    return false
  }
}

function assertion(statement, answer) {
  const text = JSON.stringify(answer)
  const declared = /^\s*(?:const|let)\s+(\w+)\s*(?::[^=]+)?=/.exec(statement)
  if (declared !== null) return [statement, `;check(await (${declared[1]}), ${text})`]
  const printed = /^\s*console\.log\(([\s\S]*)\);?\s*$/.exec(statement)
  const expression = (printed?.[1] ?? statement).trim().replace(/;$/, '')
  if (answer.startsWith('throws ')) return [`;await checkThrows(async () => (${expression}), ${text})`]
  return [`;check(await (${expression}), ${text})`]
}
