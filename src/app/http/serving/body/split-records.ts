// Records of a text that comes in pieces: lines, or records of CSV, whose quoted cells may hold line ends. What is kept is one record.

/** A record as it was found. */
export interface FoundRecord {
  readonly text: string
  /** It was longer than allowed; its text is not kept. */
  readonly tooLong: boolean
}

export interface RecordSplitter {
  /** The records that are complete with this piece. */
  push(piece: string): FoundRecord[]
  /** What came last, without a line end; undefined where the text ended with one. */
  end(): FoundRecord | undefined
}

/**
 * 1 MiB of characters: thousands of columns, or a text as long as a book; a server reads many records at a time and must hold them.
 */
export const longestRecord = 2 ** 20

/** Splits at line ends; with `quotes`, not at those between quotes. */
export function recordSplitter({ quotes }: { readonly quotes: boolean }): RecordSplitter {
  let rest = ''
  // Where the search in `rest` goes on, and whether that place is between quotes.
  let searched = 0
  let quoted = false
  let skipping = false
  const separator = quotes ? /["\n]/g : /\n/g

  function take(end: number): FoundRecord {
    const text = rest.slice(0, rest[end - 1] === '\r' ? end - 1 : end)
    rest = rest.slice(end + 1)
    searched = 0
    const found =
      skipping || text.length > longestRecord ? { text: '', tooLong: true } : { text, tooLong: false }
    skipping = false
    return found
  }

  return {
    push(piece) {
      const found: FoundRecord[] = []
      rest += piece
      for (;;) {
        separator.lastIndex = searched
        const match = separator.exec(rest)
        if (match === null) break
        searched = match.index + 1
        if (match[0] === '"') quoted = !quoted
        else if (!quoted) found.push(take(match.index))
      }
      searched = rest.length
      if (rest.length > longestRecord) {
        rest = ''
        searched = 0
        skipping = true
      }
      return found
    },
    end() {
      if (rest === '' && !skipping) return undefined
      const text = rest.endsWith('\r') ? rest.slice(0, -1) : rest
      return skipping ? { text: '', tooLong: true } : { text, tooLong: false }
    },
  }
}
