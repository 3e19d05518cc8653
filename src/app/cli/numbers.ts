// Numbers for people.

/** A score: four decimals below one, four significant digits above, thousands apart. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size !== 0 && size < 0.001) return fewDigits(value)
  if (size < 1) return value.toFixed(4)
  if (size < 999.95) return value.toPrecision(4)
  // Beyond a thousand billions digits can no longer be read.
  return size < 1e12 ? formatCount(Math.round(value)) : value.toExponential(2)
}

/** Small numbers with four digits that tell something. */
function fewDigits(value: number): string {
  if (Math.abs(value) < 1e-6) return value.toExponential(2)
  return value.toFixed(3 - Math.floor(Math.log10(Math.abs(value))))
}

/** A count with commas between thousands. */
export const formatCount = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** A value of the data: whole numbers whole, others with four significant digits. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1e12 || (size !== 0 && size < 1e-4)) return value.toExponential(2)
  if (Number.isInteger(value) || size >= 1000) return formatCount(Math.round(value))
  return String(Number(value.toPrecision(4)))
}
