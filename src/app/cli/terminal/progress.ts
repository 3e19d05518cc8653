// What is being done and how long it may still take: one line that is drawn again, or nothing where nobody looks.
import { now, type WorkEvent } from '../../../base/index.js'
import { formatSeconds } from '../seconds.js'
import type { Output } from './style.js'

export interface Progress {
  handle(event: WorkEvent): void
  /** Wipes the line, so that other text can be written. */
  clear(): void
  stop(): void
}

const phaseTexts: Readonly<Record<string, string>> = {
  read: 'reading the data',
  ladder: 'climbing the ladder',
  fit: 'fitting the winner on all rows',
  judge: 'judging on the test part',
  explain: 'looking at what matters',
  write: 'writing report and bundle',
}

/** The redraw period: ten times a second looks smooth and costs nothing. */
const periodMs = 100

/**
 * Shows the events of a job.
 *
 * @param seconds - the time budget, from which the bar and the time left follow; undefined when there is none
 */
export function showProgress(output: Output, seconds: number | undefined): Progress {
  if (!output.interactive) return { handle() {}, clear() {}, stop() {} }
  const start = now()
  let text = 'starting'
  const draw = (): void => {
    const { bar, shown, left } = progressLine(text, {
      elapsed: (now() - start) / 1000,
      seconds,
      width: output.width,
    })
    output.write(`\r\u001B[2K${output.paint('cyan', bar)}${shown}  ${output.paint('dim', left)}`)
  }
  const clear = (): void => output.write('\r\u001B[2K')
  const timer = setInterval(draw, periodMs)
  timer.unref()
  return {
    handle(event) {
      text = textOf(event) ?? text
    },
    clear,
    stop() {
      clearInterval(timer)
      clear()
    },
  }
}

// A longer bar tells no more; a shorter one than four cells tells nothing.
const mostCells = 20
const fewestCells = 4

/** The parts of the line. Where it is narrow the bar gives way first, then the words about the time, then the step. */
export function progressLine(
  text: string,
  {
    elapsed,
    seconds,
    width,
  }: { readonly elapsed: number; readonly seconds: number | undefined; readonly width: number },
): { readonly bar: string; readonly shown: string; readonly left: string } {
  const rest = formatSeconds(Math.max(0, (seconds ?? 0) - elapsed))
  // Two spaces between, and the last cell stays free: some terminals begin a new line when it is written.
  const room = width - 3
  const long = seconds === undefined ? formatSeconds(elapsed) : `at most ${rest} left`
  const left = seconds !== undefined && text.length + long.length > room ? `${rest} left` : long
  const cells = Math.min(mostCells, room - 1 - text.length - left.length)
  const bar = seconds === undefined || cells < fewestCells ? '' : `${barOf(elapsed / seconds, cells)} `
  const free = room - bar.length - left.length
  return { bar, shown: text.length > free ? `${text.slice(0, Math.max(0, free - 1))}…` : text, left }
}

function barOf(share: number, cells: number): string {
  const full = Math.min(cells, Math.round(share * cells))
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`
}

function textOf(event: WorkEvent): string | undefined {
  switch (event.type) {
    case 'phase-start':
      return phaseTexts[event.phase] ?? event.phase
    case 'model-start':
      return `trying ${event.name}`
    case 'iteration-end':
      return undefined
    default:
      return undefined
  }
}
