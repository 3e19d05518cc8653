// Which keys there are.
import { ActionIcon, Popover, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useState } from 'react'
import { Icon } from '../../parts/icon.js'

const keys = [
  ['/', 'Write a filter'],
  ['Ctrl K', 'Search everything'],
  ['↑ ↓', 'Move from row to row'],
  ['Space', 'Select the row'],
  ['Shift ↑ ↓', 'Select row after row'],
  ['Ctrl A', 'Select all that are loaded'],
  ['Enter', 'Open the run, fold the group'],
  ['Esc', 'Select nothing'],
] as const

export function KeysHelp() {
  const [opened, setOpened] = useState(false)
  useHotkeys([['shift+?', () => setOpened((old) => !old)]])
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={270} trapFocus>
      <Popover.Target>
        <Tooltip label="Keys (?)">
          <ActionIcon aria-label="Keys" onClick={() => setOpened(!opened)} className="keys-button">
            <Icon name="keyboard" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className="keys" tabIndex={0}>
          {keys.map(([key, text]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  )
}
