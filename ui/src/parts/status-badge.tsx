// How a run or a version stands, in a word and a color: the word is enough.
import type { RunStatusName } from '../../../src/app/http/api/page-types.js'

const runs: Readonly<Record<RunStatusName, readonly [string, Tone]>> = {
  RUNNING: ['Running', 'busy'],
  SCHEDULED: ['Scheduled', 'quiet'],
  FINISHED: ['Finished', 'good'],
  FAILED: ['Failed', 'bad'],
  KILLED: ['Killed', 'warn'],
}

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet'

export function StatusBadge({ status }: { readonly status: RunStatusName }) {
  const [word, tone] = runs[status]
  return <Mark tone={tone}>{word}</Mark>
}

export function Mark({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className="mark" data-tone={tone}>
      <span className="mark-dot" aria-hidden="true" />
      {children}
    </span>
  )
}
