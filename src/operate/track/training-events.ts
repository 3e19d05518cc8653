// What long work tells, as metrics of a run: the same function listens to every fit, to networks and to cross-validation.
import type { WorkEvent } from '../../base/index.js'
import type { NetworkEvent } from '../../learn/nn/index.js'
import type { MetricPoint } from '../store/index.js'

/** Events of any work of this library. */
export type TrackedEvent = WorkEvent | NetworkEvent

type Point = Pick<MetricPoint, 'key' | 'value' | 'step'>

/** What an event adds to a run. */
export interface EventRecord {
  readonly metrics: readonly Point[]
  readonly warning?: { readonly code: string; readonly message: string } | undefined
}

const nothing: EventRecord = { metrics: [] }

/** Names of metrics without signs that a filter would have to quote. */
export const metricName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}_/.]+/gu, '_')

const metric = (key: string, value: number | undefined, step: number): Point[] =>
  value === undefined ? [] : [{ key, value, step }]

/** Remembers which model and which fold the events are about, and how many there were. */
export function eventReader(): (event: TrackedEvent) => EventRecord {
  let isCandidate = false
  let candidates = 0
  let fold: number | undefined
  return (event) => {
    switch (event.type) {
      case 'model-start':
        isCandidate = true
        return nothing
      case 'model-end': {
        const step = candidates++
        isCandidate = false
        return {
          metrics: [
            ...metric('candidate_score', event.score, step),
            ...metric('candidate_seconds', event.seconds, step),
          ],
        }
      }
      case 'fold-start':
        fold = event.fold
        return nothing
      case 'fold-end':
        fold = undefined
        // Those of each candidate on a ladder would be one curve on top of the other.
        return isCandidate ? nothing : { metrics: metric('fold_score', event.score, event.fold) }
      case 'iteration-end':
        return isCandidate ? nothing : iterationRecord(event, fold)
      default:
        return recordOf(event)
    }
  }
}

function iterationRecord(
  { iteration, trainLoss, validationLoss }: Extract<TrackedEvent, { readonly type: 'iteration-end' }>,
  fold: number | undefined,
): EventRecord {
  const prefix = fold === undefined ? '' : `fold_${fold}/`
  return {
    metrics: [
      ...metric(`${prefix}train_loss`, trainLoss, iteration),
      ...metric(`${prefix}validation_loss`, validationLoss, iteration),
    ],
  }
}

/** Events that mean the same whatever came before. */
function recordOf(event: TrackedEvent): EventRecord {
  switch (event.type) {
    case 'step-end':
      return {
        metrics: [
          ...metric('loss', event.loss, event.step),
          ...metric('learning_rate', event.learningRate, event.step),
        ],
      }
    case 'epoch-end':
      return {
        metrics: [
          ...metric('train_loss', event.trainLoss, event.epoch),
          ...Object.entries(event.validation ?? {}).flatMap(([name, value]) =>
            metric(`validation_${metricName(name)}`, value, event.epoch),
          ),
        ],
      }
    case 'warning':
      return { metrics: [], warning: event }
    case 'convergence-error': {
      const message = `Not converged after ${event.iterations} iterations.`
      return { metrics: [], warning: { code: 'convergence', message } }
    }
    default:
      return nothing
  }
}
