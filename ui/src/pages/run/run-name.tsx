// The name of a run, which may be changed where it stands.
import { ActionIcon, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { Icon } from '../../parts/icon.js'
import { useRunEdit } from './use-run-edit.js'

export function RunName({ run }: { readonly run: RunDetail }) {
  const [draft, setDraft] = useState<string>()
  const edit = useRunEdit(run.runId)
  if (draft === undefined) {
    return (
      <span className="editable">
        {run.name}
        {run.lifecycleStage === 'active' && (
          <ActionIcon size="sm" aria-label="Rename this run" onClick={() => setDraft(run.name)}>
            <Icon name="edit" size={14} />
          </ActionIcon>
        )}
      </span>
    )
  }
  const save = (): void => {
    if (draft.trim() === '' || draft === run.name) setDraft(undefined)
    else edit.mutate({ name: draft.trim() }, { onSuccess: () => setDraft(undefined) })
  }
  return (
    <TextInput
      aria-label="Name of this run"
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
        if (event.key === 'Escape') setDraft(undefined)
      }}
      onBlur={save}
      error={edit.error?.message}
      w={320}
      autoFocus
    />
  )
}
