// What chooses the rows and columns of the table, and how many there are.
import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from '@mantine/core'
import type { ColumnNames, ExperimentSummary } from '../../../../src/app/http/api/page-types.js'
import { count, plural } from '../../base/format.js'
import { Icon } from '../../parts/icon.js'
import { ColumnPicker } from './column-picker.js'
import { ExperimentPicker } from './experiment-picker.js'
import { FilterBox } from './filter-box.js'
import { KeysHelp } from './keys-help.js'
import { columnOf, type RunColumn } from './run-columns.js'
import { isFilterFault, type View } from './runs-page.js'
import type { RunsShown } from './use-runs.js'

interface ToolbarProps {
  readonly view: View
  readonly experiments: readonly ExperimentSummary[]
  readonly experimentIds: readonly string[]
  readonly shown: RunsShown
  readonly columns: readonly RunColumn[]
  readonly known: ColumnNames | undefined
}

export function RunsToolbar({ view, experiments, experimentIds, shown, columns, known }: ToolbarProps) {
  const fault = shown.error !== null && isFilterFault(shown.error) ? shown.error : undefined
  return (
    <div className="runs-tools">
      <ExperimentPicker
        experiments={experiments}
        chosen={experimentIds}
        choose={(ids) => view.set({ experiments: ids.length === 0 ? undefined : ids })}
      />
      <FilterBox
        value={view.text('filter') ?? ''}
        known={known}
        fault={fault?.message}
        apply={(filter) =>
          view.set({ filter: filter.trim() === '' ? undefined : filter.trim() }, { push: true })
        }
      />
      <div className="runs-tools-right">
        <ColumnPicker
          known={known}
          shown={columns.slice(1).map(({ id }) => id)}
          show={(ids) => view.set({ columns: ids })}
        />
        <GroupMenu view={view} columns={columns} />
        <SegmentedControl
          aria-label="Which runs"
          value={view.text('view') ?? 'active'}
          onChange={(value) => view.set({ view: value === 'active' ? undefined : value })}
          data={[
            { value: 'active', label: 'Active' },
            { value: 'deleted', label: 'Deleted' },
          ]}
        />
        <KeysHelp />
      </div>
      <Tally view={view} shown={shown} />
    </div>
  )
}

function GroupMenu({ view, columns }: { readonly view: View; readonly columns: readonly RunColumn[] }) {
  const group = view.text('group')
  const by = group === undefined ? undefined : columnOf(group)
  const choices = columns.filter(
    ({ kind, name }) =>
      kind === 'params' || kind === 'tags' || ['status', 'user_id', 'experiment'].includes(name),
  )
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant={by === undefined ? 'default' : 'light'}
          leftSection={<Icon name="group" size={14} />}
          className="tool-button"
          aria-label={by === undefined ? 'Group' : `By ${by.title}`}
        >
          {by === undefined ? 'Group' : `By ${by.title}`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {by !== undefined && (
          <Menu.Item
            leftSection={<Icon name="cross" size={14} />}
            onClick={() => view.set({ group: undefined })}
          >
            Do not group
          </Menu.Item>
        )}
        <Menu.Label>Group by a column</Menu.Label>
        {choices.map(({ id, title }) => (
          <Menu.Item
            key={id}
            rightSection={id === group ? <Icon name="check" size={14} /> : undefined}
            onClick={() => view.set({ group: id })}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const liveWords = {
  live: ['Live', 'good', 'New runs and values appear by themselves.'],
  connecting: ['Connecting', 'quiet', 'The connection for live values is being made.'],
  lost: ['Not live', 'warn', 'The server does not send news at the moment; it is tried again.'],
} as const

/** How many rows there are, and whether they are fresh. */
function Tally({ view, shown }: { readonly view: View; readonly shown: RunsShown }) {
  const filtered = view.text('filter') !== undefined
  const [word, tone, help] = liveWords[shown.live]
  const loaded = shown.runs.length
  return (
    <p className="tally">
      <span aria-live="polite">
        {loaded === 0 && shown.error !== null
          ? ''
          : shown.complete
            ? filtered && shown.total !== undefined
              ? `${count(loaded)} of ${plural(shown.total, 'run')} match`
              : plural(loaded, 'run')
            : filtered
              ? `${count(loaded)} loaded, more match`
              : shown.total !== undefined && `${plural(shown.total, 'run')}, ${count(loaded)} loaded`}
      </span>
      <Tooltip label={help}>
        <span className="live" data-tone={tone} tabIndex={0}>
          {word}
        </span>
      </Tooltip>
      {shown.news && (
        <Button
          variant="light"
          size="compact-xs"
          onClick={shown.again}
          leftSection={<Icon name="refresh" size={12} />}
        >
          Show what is new
        </Button>
      )}
      {shown.error !== null && !isFilterFault(shown.error) && loaded > 0 && (
        <span role="alert" className="tally-error">
          {shown.error.message}{' '}
          <ActionIcon size="xs" onClick={shown.again} aria-label="Try again">
            <Icon name="refresh" size={12} />
          </ActionIcon>
        </span>
      )}
    </p>
  )
}
