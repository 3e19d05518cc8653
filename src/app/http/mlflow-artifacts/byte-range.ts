// The header Range (RFC 9110, section 14): one range of bytes; what else it may say is answered with the whole, as it may be.

/** What a request asks of so many bytes: [start, end), the whole, or what is not there. */
export type AskedRange = { readonly start: number; readonly end: number } | 'whole' | 'unsatisfiable'

/** Reads the header against the size of the file. */
export function readRange(header: string | undefined, size: number): AskedRange {
  const [, from = '', to = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return 'whole'
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(from)
  const last = to === '' ? size - 1 : Number(to)
  if (last < start && to !== '') return 'whole'
  return start >= size ? 'unsatisfiable' : { start, end: Math.min(last + 1, size) }
}
