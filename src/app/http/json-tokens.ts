// Numbers that JSON has not, and those that a JavaScript number would round, put in quotes within the text of a body.

const token = /-?Infinity|NaN/y
const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y
/** Integers of up to 15 digits are exact in float64; 2^53 has 16. */
const exactDigits = 15

/** Puts NaN, Infinity and, where asked for, long whole numbers in quotes. One pass: bodies may be hostile. */
export function quoteTokens(text: string, integers: boolean): string {
  const parts: string[] = []
  let copied = 0
  let at = 0
  const quoteUntil = (end: number): void => {
    parts.push(text.slice(copied, at), '"', text.slice(at, end), '"')
    copied = end
  }
  while (at < text.length) {
    const char = text[at]!
    let end = at + 1
    if (char === '"') end = endOfString(text, end)
    else if (char === '-' || char === 'I' || char === 'N' || (char >= '0' && char <= '9')) {
      const special = matchAt(token, text, at)
      const digits = special === undefined ? matchAt(number, text, at) : undefined
      end = at + (special ?? digits ?? char).length
      if (special !== undefined || (integers && isLongInteger(digits))) quoteUntil(end)
    }
    at = end
  }
  parts.push(text.slice(copied))
  return parts.join('')
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const isLongInteger = (digits: string | undefined): boolean =>
  digits !== undefined && digits.length > exactDigits && !/[.eE]/.test(digits)

/** Behind the closing quote, or the end of the text where there is none. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at + 1
  }
}
