// Where bytes lie by name: what blobs and uploads need of a folder or of S3, and nothing more.

/** One thing that is kept. */
export interface Kept {
  /** Names with slashes between, such as 'blobs/ab/abcd…'. */
  readonly key: string
  readonly size: number
  /** Milliseconds since 1970, by the clock of whoever keeps it. */
  readonly modified: number
}

/** From the first byte to the one before the last: [start, end). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface Home {
  /** For messages. */
  readonly place: string
  /** Whether naming costs as much as writing again: what is there already is then not written once more. */
  readonly remote: boolean
  /** Whole or not at all: an error of the source, or a crash, leaves what was there before. */
  write(key: string, source: AsyncIterable<Uint8Array>): Promise<void>
  read(key: string, range: ByteRange): AsyncIterable<Uint8Array>
  find(key: string): Promise<Kept | undefined>
  move(from: string, to: string): Promise<void>
  /** Also when there is none. */
  remove(key: string): Promise<void>
  /** Removes everything whose key begins so; the prefix ends with a slash. */
  removeAll(prefix: string): Promise<void>
  /** Everything whose key begins so, in the order of keys; the prefix ends with a slash. */
  list(prefix: string): AsyncIterable<Kept>
  /** Removes what interrupted writes left behind, where nothing was added to it since a time. */
  clean(before: number): Promise<void>
  close(): void
}
