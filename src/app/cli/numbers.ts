// Numbers for people.

/** A score: four significant digits, thousands apart for large ones. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1000) return formatCount(Math.round(value))
  if (value !== 0 && Math.abs(value) < 1) return value.toFixed(4)
  return String(Number(value.toPrecision(5)))
}

/** A count with thin spaces between thousands. */
export const formatCount = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
