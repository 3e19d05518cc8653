// How people write numbers. One notation holds for a whole column and is remembered in its field, so that serving reads
// the same text as the same number.

/** A way of writing numbers; `plain` is what programs write. The number is taken as written: 12.5 % is 12.5. */
export type NumberFormat = 'plain' | 'thousands' | 'percent' | 'currency' | 'decimal-comma'

export const numberFormats: readonly NumberFormat[] = [
  'plain',
  'thousands',
  'percent',
  'currency',
  'decimal-comma',
]

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const infinite = /^[+-]?inf(?:inity)?$/i
// Nobody writes a thousand with a leading zero: 0,880 has decimals.
const thousands = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/
const percent = /^(.*\d)\s*%$/
const currencyBefore = /^([+-]?)\s*(?:[$€£¥₹]|USD|EUR|GBP|CHF|NOK|SEK|DKK)\s*(.*\d)$/
const currencyAfter = /^(.*\d)\s*(?:[$€£¥₹]|USD|EUR|GBP|CHF|NOK|SEK|DKK|kr)$/
const commaDecimal = /^[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?$/
const code = /^[+-]?0\d/

const parsePlain = (text: string): number => {
  if (plain.test(text)) return code.test(text) ? Number.NaN : Number(text)
  return infinite.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number.NaN
}

const parseThousands = (text: string): number =>
  thousands.test(text) ? Number(text.replaceAll(',', '')) : parsePlain(text)

const parsers: Readonly<Record<NumberFormat, (text: string) => number>> = {
  plain: parsePlain,
  thousands: parseThousands,
  percent: (text) => parseThousands(percent.exec(text)?.[1]?.trim() ?? text),
  currency(text) {
    const before = currencyBefore.exec(text)
    return parseThousands(before ? before[1]! + before[2]! : (currencyAfter.exec(text)?.[1]?.trim() ?? text))
  },
  'decimal-comma': (text) =>
    commaDecimal.test(text) && !code.test(text)
      ? Number(text.replaceAll('.', '').replace(',', '.'))
      : Number.NaN,
}

/** The number a text stands for in a notation, or NaN. Codes with leading zeros ('01234') are not numbers. */
export const parseNumber = (text: string, format: NumberFormat = 'plain'): number => parsers[format](text)

/** A code such as a postal code: digits that begin with a zero. */
export const isZeroLedCode = (text: string): boolean => code.test(text) && /^[+-]?\d+$/.test(text)

/** A whole number that float64 cannot hold: reading it as a number would join different identifiers. */
export const isUnsafeInteger = (text: string): boolean =>
  text.length > 15 && /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text))
