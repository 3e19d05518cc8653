// The texts that mean "no value". One list for files, requests and conforming, so that training and serving agree.

/** Read as missing everywhere, besides the empty text and white space. A category of such a name must be renamed. */
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

/** Whether a text means that there is no value; white space around it does not count. */
export const isMissingText = (text: string): boolean => tokens.has(text) || tokens.has(text.trim())
