// Whose key the page uses, where keys are asked for, and the way out: the cookie that holds it no script can take away.
import { ActionIcon, Menu } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { askJson } from '../api/client.js'
import { sessionQuery } from '../api/queries.js'
import { Icon } from './icon.js'

export function Session() {
  const queries = useQueryClient()
  const { data } = useQuery(sessionQuery)
  const leave = useMutation({
    mutationFn: () => askJson('/api/v1/session', { method: 'DELETE' }),
    onSuccess: () => queries.resetQueries(),
  })
  if (data === undefined || data.caller === null) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`Logged in as ${data.caller.name}`}>
          <Icon name="key" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {data.caller.name}, allowed: {data.caller.scopes.join(', ')}
        </Menu.Label>
        <Menu.Item leftSection={<Icon name="cross" size={14} />} onClick={() => leave.mutate()}>
          Log out, or use another key
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
