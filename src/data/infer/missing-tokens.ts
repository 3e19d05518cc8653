// The texts that mean "no value" in files. One list for reading, requests and conforming, so that training and serving
// agree.

/**
 * Read as missing, besides the empty text and white space, but in columns that are `verbatim`: text that came as values
 * (docs/adr/0024-text-of-rows-is-data.md).
 */
export const missingTokens: readonly string[] = [
  '?',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  'NaN',
  'nan',
  'null',
  'NULL',
  'Null',
  'None',
]

const tokens = new Set(['', ...missingTokens])
const longest = Math.max(...missingTokens.map((token) => token.length))

/** Whether a text means that there is no value; white space around it does not count. */
export function isMissingText(text: string): boolean {
  if (!hasOuterSpace(text)) return text.length <= longest && tokens.has(text)
  return tokens.has(text.trim())
}

// Nearly all texts have none, and looking costs less than trimming. White space beyond ASCII has codes above 127.
const isSpace = (code: number): boolean => code <= 32 || code > 127

/** Whether trimming may change the text. */
export function hasOuterSpace(text: string): boolean {
  return text.length > 0 && (isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1)))
}
