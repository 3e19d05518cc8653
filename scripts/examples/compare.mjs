// Compares what an example gave with what its comment says.
import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'

/**
 * Throws unless `actual` is what `// => answer` says.
 *
 * @public
 */
export function check(actual, answer) {
  if (!agrees(plain(actual), parseAnswer(answer))) {
    throw new Error(`the comment says ${answer}, but it gives ${show(actual)}`)
  }
}

/**
 * For `// => throws SomeError`.
 *
 * @public called by the examples once they are instrumented
 */
export async function checkThrows(work, answer) {
  const wanted = answer.slice('throws '.length).trim()
  const thrown = await work().then(
    () => undefined,
    (error) => error,
  )
  if (thrown === undefined) throw new Error(`the comment says ${answer}, but nothing is thrown`)
  if (thrown.name !== wanted) throw new Error(`the comment says ${answer}, but ${thrown.name} is thrown`)
}

/** A number as written: 0.812 and 0.812… promise three digits, 1.5 and 3 promise the value. */
class Written {
  constructor(text) {
    this.value = Number(text.replace('…', ''))
    const decimals = /\.(\d+)/.exec(text)?.[1].length ?? 0
    // Two decimals or fewer are taken as exact, up to the rounding of float64 sums.
    const rounded = text.endsWith('…') ? 10 ** -decimals : decimals >= 3 ? 0.5000001 * 10 ** -decimals : 0
    this.tolerance = Math.max(rounded, 1e-9 * Math.max(1, Math.abs(this.value)))
  }
}

const rest = Symbol('anything more')

function parseAnswer(answer) {
  const code = answer
    .replace(
      /\b(?:BigInt64|BigUint64|Float64|Float32|Int32|Uint32|Int16|Uint16|Int8|Uint8)Array(?:\(\d+\))?\s*\[/g,
      '[',
    )
    .replace(
      /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![\w$.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?…?(?![\w$])/g,
      (token) => (/^['"]/.test(token) ? token : `number('${token}')`),
    )
    .replace(/,\s*(?:…|\.\.\.)\s*\]/g, ', rest]')
    .replace(/,\s*(?:…|\.\.\.)\s*\}/g, ', [rest]: true }')
  // Words after the value explain it: "0.75 (three of four)".
  for (const candidate of [code, code.replace(/\s+[(–—].*$/, '')]) {
    try {
      return runInNewContext(`(${candidate})`, { number: (text) => new Written(text), rest })
    } catch {
      // Not a value; try the shorter reading.
    }
  }
  throw new Error(`the comment '// => ${answer}' is not a value`)
}

function agrees(actual, expected) {
  if (expected instanceof Written) {
    return typeof actual === 'number' && Math.abs(actual - expected.value) <= expected.tolerance
  }
  if (Array.isArray(expected)) return Array.isArray(actual) && listAgrees(actual, expected)
  if (typeof expected === 'object' && expected !== null) return objectAgrees(actual, expected)
  return isDeepStrictEqual(actual, expected)
}

function listAgrees(actual, expected) {
  const open = expected.at(-1) === rest
  const wanted = open ? expected.slice(0, -1) : expected
  if (open ? actual.length < wanted.length : actual.length !== wanted.length) return false
  return wanted.every((item, i) => agrees(plain(actual[i]), item))
}

function objectAgrees(actual, expected) {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false
  const keys = Object.keys(expected)
  if (!expected[rest] && Object.keys(actual).length !== keys.length) return false
  return keys.every((key) => key in actual && agrees(plain(actual[key]), expected[key]))
}

const plain = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value)

function show(value) {
  const text = JSON.stringify(plain(value), (_, item) =>
    typeof item === 'bigint' ? `${item}n` : plain(item),
  )
  // Three hundred letters show what differs without filling the terminal.
  return (text ?? String(value)).slice(0, 300)
}
