// Colours where a person looks, none elsewhere.
import { styleText } from 'node:util'

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
}

/** An output on a stream; honours NO_COLOR and dumb terminals. */
export function outputTo(stream: NodeJS.WriteStream): Output {
  const interactive = stream.isTTY === true && process.env['TERM'] !== 'dumb'
  const colors = interactive && process.env['NO_COLOR'] === undefined
  return {
    interactive,
    // Eighty is what a pipe or a file is read at.
    width: interactive ? Math.max(40, stream.columns) : 80,
    paint: (style, text) => (colors ? styleText(style, text, { validateStream: false }) : text),
    write: (text) => void stream.write(text),
    line: (text = '') => void stream.write(`${text}\n`),
  }
}

/** The text without colour codes. */
export const plainText = (text: string): string => text.replace(new RegExp('\\u001B\\[\\d+m', 'g'), '')
