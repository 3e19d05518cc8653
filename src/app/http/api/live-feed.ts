// What happens in the store as it happens, whoever writes: the store is asked for its pulse, and only when that has changed for more.
// One clock beats for all who listen, and none while nobody does.
import { wallClock } from '../../../base/index.js'
import type { RunState, Store } from '../../../operate/store/index.js'
import { curveOf } from './curve-routes.js'
import type { Curve, LiveEvents } from './page-types.js'

/** Milliseconds between two beats: a curve that moves twice a second looks alive, and a pulse costs some ten microseconds. */
const usualInterval = 500
/** New points of one metric in one beat; more come with the next. */
const mostPoints = 1000

type Send = <E extends keyof LiveEvents>(event: E, data: LiveEvents[E]) => void
type LatestPoint = RunState['latest'][number]

export interface LiveFeed {
  /** Begins to tell; once it resolves nothing that is written later is missed. Returns how to stop. */
  listen(runIds: readonly string[], send: Send): Promise<() => void>
  stop(): void
}

interface Listener {
  readonly runIds: readonly string[]
  readonly send: Send
  /** The last point of each metric that it knows of, by run and key. */
  readonly known: Map<string, LatestPoint>
  readonly heads: Map<string, string>
}

export function liveFeed(store: Store, interval = usualInterval): LiveFeed {
  const listeners = new Set<Listener>()
  let pulse: string | undefined
  let timer: NodeJS.Timeout | undefined

  const beat = async (): Promise<void> => {
    const felt = await store.overview.pulse()
    if (felt === pulse) return
    const states = await statesOf([...new Set([...listeners].flatMap(({ runIds }) => runIds))])
    for (const listener of listeners) {
      listener.send('change', { time: wallClock() })
      await tell(store, listener, states)
    }
    // Only now: a beat that failed in the middle is made up for by the next one.
    pulse = felt
  }
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      // A store that does not answer now is asked again; who listens sees no more than a pause.
      void beat()
        .catch(() => undefined)
        .finally(() => {
          timer = undefined
          if (listeners.size > 0) schedule()
        })
    }, interval)
    timer.unref()
  }
  const statesOf = async (runIds: readonly string[]): Promise<ReadonlyMap<string, RunState>> =>
    new Map((await store.overview.states(runIds)).map((state) => [state.info.runId, state]))

  return {
    async listen(runIds, send) {
      const listener: Listener = { runIds, send, known: new Map(), heads: new Map() }
      for (const state of (await statesOf(runIds)).values()) {
        const { runId } = state.info
        listener.heads.set(runId, headText(state))
        for (const point of state.latest) listener.known.set(`${runId} ${point.key}`, point)
      }
      listeners.add(listener)
      schedule()
      return () => void listeners.delete(listener)
    },
    stop() {
      listeners.clear()
      clearTimeout(timer)
      timer = undefined
    },
  }
}

/** Says what a listener does not know yet. */
async function tell(
  { logging }: Store,
  listener: Listener,
  states: ReadonlyMap<string, RunState>,
): Promise<void> {
  const curves: Curve[] = []
  for (const state of listener.runIds.map((id) => states.get(id)).filter((found) => found !== undefined)) {
    const { runId, status, endTime, name } = state.info
    for (const { key, after } of newlyKnown(listener, state)) {
      const points = await logging.history(runId, key, { after, limit: mostPoints })
      if (points.length === 0) continue
      listener.known.set(`${runId} ${key}`, { key, ...points.at(-1)! })
      curves.push(curveOf(runId, key, points))
    }
    const head = headText(state)
    if (listener.heads.get(runId) !== head)
      listener.send('run', { runId, status, endTime: endTime ?? null, name })
    listener.heads.set(runId, head)
  }
  if (curves.length > 0) listener.send('points', { curves })
}

const headText = ({ info }: RunState): string => JSON.stringify([info.status, info.endTime, info.name])

/** Metrics whose last point is another one than what a listener knows, and where their news begin. */
function newlyKnown(
  { known }: Listener,
  { info, latest }: RunState,
): { readonly key: string; readonly after: LatestPoint | undefined }[] {
  return latest
    .map((point) => ({ point, key: point.key, after: known.get(`${info.runId} ${point.key}`) }))
    .filter(({ point, after }) => after === undefined || !isSame(point, after))
}

const isSame = (a: LatestPoint, b: LatestPoint): boolean =>
  a.step === b.step && a.timestamp === b.timestamp && Object.is(a.value, b.value)
