// Back to where an alias pointed before, after a second press.
import { Button, Popover, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { askJson } from '../../api/client.js'
import { Icon } from '../../parts/icon.js'
import { modelPath } from './model-queries.js'

export function Rollback({ name, alias }: { readonly name: string; readonly alias: string }) {
  const [opened, setOpened] = useState(false)
  const [note, setNote] = useState('')
  const queries = useQueryClient()
  const rollback = useMutation({
    mutationFn: () =>
      askJson(`${modelPath(name)}/rollback`, {
        method: 'POST',
        body: { alias, ...(note.trim() !== '' && { note: note.trim() }) },
      }),
    onSuccess: async () => {
      setOpened(false)
      await queries.invalidateQueries({ queryKey: ['model', name] })
    },
  })
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="restore" size={14} />}
          onClick={() => setOpened(!opened)}
        >
          Roll @{alias} back
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault()
            rollback.mutate()
          }}
        >
          <p>@{alias} goes back to the version before. Services follow at once.</p>
          <TextInput
            label="Why"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            error={rollback.error?.message}
            data-autofocus
          />
          <Button type="submit" color="red" loading={rollback.isPending}>
            Roll back
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
