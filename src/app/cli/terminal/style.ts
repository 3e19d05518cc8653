// Colours where a person looks, none elsewhere.
import { stripVTControlCharacters, styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

/** How a stream is written to. */
export interface Output {
  /** A person sees it at once: it may move the cursor. */
  readonly interactive: boolean
  /** Columns. */
  readonly width: number
  paint(style: Style, text: string): string
  write(text: string): void
  line(text?: string): void
  /** Sentences, broken between words where a person looks; further lines are indented. */
  prose(text: string, indent?: string): void
}

/** An output on a stream; honours NO_COLOR and dumb terminals. */
export function outputTo(stream: NodeJS.WriteStream): Output {
  const interactive = stream.isTTY === true && process.env['TERM'] !== 'dumb'
  const line = (text = ''): void => void stream.write(`${text}\n`)
  // Eighty is what a pipe or a file is read at.
  const width = interactive ? Math.max(40, stream.columns) : 80
  const colors = interactive && process.env['NO_COLOR'] === undefined
  return {
    interactive,
    width,
    paint: (style, text) => (colors ? styleText(style, text, { validateStream: false }) : text),
    write: (text) => void stream.write(text),
    line,
    prose(text, indent = '') {
      // A program that reads a pipe looks for whole sentences.
      for (const part of interactive ? wrapped(text, width, indent) : [text]) line(part)
    },
  }
}

/** Lines of at most `width` cells; a word that is longer stands alone. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || plainText(longer).length <= width) line = longer
    else {
      lines.push(line)
      line = indent + word
    }
  }
  return [...lines, line]
}

/** The text without colour codes. */
export const plainText = stripVTControlCharacters
