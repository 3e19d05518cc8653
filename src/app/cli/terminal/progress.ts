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
    const elapsed = (now() - start) / 1000
    const bar = seconds === undefined ? '' : `${barOf(elapsed / seconds)} `
    const left =
      seconds === undefined
        ? formatSeconds(elapsed)
        : `at most ${formatSeconds(Math.max(0, seconds - elapsed))} left`
    const room = output.width - bar.length - left.length - 4
    const shown = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text
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

function barOf(share: number): string {
  const cells = 20
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
