// Which experiments are shown: none chosen means all.
import { Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ExperimentSummary } from '../../../../src/app/http/api/page-types.js'
import { count } from '../../base/format.js'
import { Icon } from '../../parts/icon.js'

interface ExperimentPickerProps {
  readonly experiments: readonly ExperimentSummary[]
  readonly chosen: readonly string[]
  readonly choose: (ids: readonly string[]) => void
}

export function ExperimentPicker({ experiments, chosen, choose }: ExperimentPickerProps) {
  const active = experiments.filter(({ lifecycleStage }) => lifecycleStage === 'active')
  return (
    <Popover position="bottom-start" width={320} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="folder" size={14} />}
          rightSection={<Icon name="down" size={14} />}
          className="experiment-button"
        >
          {labelOf(active, chosen)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ExperimentList experiments={active} chosen={chosen} choose={choose} />
      </Popover.Dropdown>
    </Popover>
  )
}

function labelOf(active: readonly ExperimentSummary[], chosen: readonly string[]): string {
  if (chosen.length === 0) return 'All experiments'
  if (chosen.length > 1) return `${chosen.length} experiments`
  return active.find(({ experimentId }) => experimentId === chosen[0])?.name ?? `Experiment ${chosen[0]}`
}

function ExperimentList({ experiments, chosen, choose }: ExperimentPickerProps) {
  const [text, setText] = useState('')
  const found = experiments.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
  return (
    <div className="picker">
      <TextInput
        placeholder="Find an experiment"
        aria-label="Find an experiment"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <div className="picker-list">
        {found.map(({ experimentId, name, runs }) => (
          <Checkbox
            key={experimentId}
            checked={chosen.includes(experimentId)}
            label={
              <span className="picker-label">
                <span>{name}</span>
                <small>{count(runs)}</small>
              </span>
            }
            onChange={(event) =>
              choose(
                event.currentTarget.checked
                  ? [...chosen, experimentId]
                  : chosen.filter((other) => other !== experimentId),
              )
            }
          />
        ))}
        {found.length === 0 && <p className="picker-none">No experiment has “{text}” in its name.</p>}
      </div>
      <Button variant="subtle" color="gray" disabled={chosen.length === 0} onClick={() => choose([])}>
        Show all experiments
      </Button>
    </div>
  )
}
