// Settings that the data contradict are refused before any work.
import { InvalidOptionError } from '../../base/index.js'
import type { Table } from '../../data/index.js'
import type { TrainSettings } from './train-options.js'

/**
 * Checks every column that the settings name.
 *
 * @throws {@link UnknownColumnError} for a name that the table has not; {@link InvalidOptionError} for the target itself
 */
export function checkSettings(table: Table, settings: TrainSettings): void {
  const { target, group, timeColumn, drop, keep } = settings
  table.col(target)
  const named = [...drop.map(of('drop')), ...keep.map(of('keep')), ...one('group', group)]
  for (const { option, name } of [...named, ...one('timeColumn', timeColumn)]) {
    table.col(name)
    if (name !== target) continue
    throw new InvalidOptionError(
      `${option}: '${name}' is the target, expected another column. Name the features that are meant.`,
      { option, expected: 'a feature', received: name },
    )
  }
  if (group !== null && timeColumn !== null) {
    throw new InvalidOptionError(
      'group: it cannot be combined with timeColumn, as groups may last longer than the split in time. Give one of them.',
      { option: 'group', expected: null, received: group },
    )
  }
}

const of =
  (option: string) =>
  (name: string): { readonly option: string; readonly name: string } => ({ option, name })

const one = (option: string, name: string | null) => (name === null ? [] : [{ option, name }])
