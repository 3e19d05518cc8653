// Numbers that JSON has not, and those that a JavaScript number would round, put in quotes within the text of a body.

/** A quote, where a text begins, or a word that is no number of JSON. */
const words = /"|-?Infinity|NaN/g
/** The same, and all numbers: the digits behind a point are no whole number. */
const numbers = /"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
/** Integers of up to 15 digits are exact in float64; 2^53 has 16. */
const longInteger = /^-?\d{16,}$/

/** Puts NaN, Infinity and, where asked for, long whole numbers in quotes. One pass: bodies may be hostile. */
export function quoteTokens(text: string, integers: boolean): string {
  const token = integers ? numbers : words
  let quoted = ''
  let copied = 0
  token.lastIndex = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match
    if (found === '"') token.lastIndex = endOfString(text, match.index + 1)
    else if (found.endsWith('y') || found === 'NaN' || longInteger.test(found)) {
      quoted += `${text.slice(copied, match.index)}"${found}"`
      copied = token.lastIndex
    }
  }
  return quoted + text.slice(copied)
}

/** Whether there may be a whole number that is rounded; quick, as most bodies have none. */
export const mayHaveLongIntegers = (text: string): boolean => /(?:^|[^.\d])\d{16}/.test(text)

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
