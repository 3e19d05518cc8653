// Keys of the table of runs: arrows move, Space and Shift choose, Enter opens.
import type { KeyboardEvent } from 'react'
import type { RowActions } from './grid-row.js'
import type { Item } from './grouping.js'

interface GridKeys {
  readonly items: readonly Item[]
  readonly at: number
  readonly page: number
  readonly move: (index: number) => void
  readonly actions: RowActions
}

/** Pixels that an arrow to the side scrolls. */
const sideways = 120

export function gridKeys(event: KeyboardEvent<HTMLDivElement>, keys: GridKeys): void {
  // Buttons and boxes inside have keys of their own.
  if (event.target !== event.currentTarget || event.altKey) return
  const { items, at, actions } = keys
  const item = items[at]
  const to = target(event.key, keys)
  if (to !== undefined && item !== undefined) {
    keys.move(to)
    if (event.shiftKey) actions.selectRange(runIdsBetween(items, at, to))
  } else if (!act(event, item, keys)) return
  event.preventDefault()
}

/** What a key does besides moving; false where it is none of ours. */
function act(
  event: KeyboardEvent<HTMLDivElement>,
  item: Item | undefined,
  { items, actions }: GridKeys,
): boolean {
  if (event.key === ' ' && item !== undefined) actions.toggle(idsOf(item))
  else if (event.key === 'Enter' && item?.type === 'group') actions.fold(item.key)
  else if (event.key === 'Enter' && item?.type === 'run') actions.open(item.run.runId)
  else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) actions.selectRange(items.flatMap(idsOf))
  else if (event.key === 'Escape') actions.clear()
  else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') side(event, item, actions)
  else return false
  return true
}

function target(key: string, { items, at, page }: GridKeys): number | undefined {
  const last = items.length - 1
  const goals: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: last,
  }
  const goal = goals[key]
  return goal === undefined ? undefined : Math.max(0, Math.min(last, goal))
}

/** A group folds with the arrows, as trees do; elsewhere they show the columns to that side. */
function side(
  { key, currentTarget }: KeyboardEvent<HTMLDivElement>,
  item: Item | undefined,
  actions: RowActions,
): void {
  if (item?.type === 'group' && item.open === (key === 'ArrowLeft')) actions.fold(item.key)
  else currentTarget.scrollBy({ left: key === 'ArrowRight' ? sideways : -sideways })
}

export const idsOf = (item: Item): readonly string[] =>
  item.type === 'run' ? [item.run.runId] : item.runs.map(({ runId }) => runId)

const runIdsBetween = (items: readonly Item[], a: number, b: number): readonly string[] =>
  items
    .slice(Math.min(a, b), Math.max(a, b) + 1)
    .flatMap((item) => (item.type === 'run' ? [item.run.runId] : []))
