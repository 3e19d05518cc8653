// Tags of a run; those of the clients' own use are kept apart.
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { Icon } from '../../parts/icon.js'
import { Section } from '../../parts/section.js'
import { useRunEdit } from './use-run-edit.js'

const isOwn = (key: string): boolean => key.startsWith('mlflow.') || key.startsWith('modelwright.')

export function Tags({ run }: { readonly run: RunDetail }) {
  const edit = useRunEdit(run.runId)
  const editable = run.lifecycleStage === 'active'
  const tags = Object.entries(run.tags)
    .filter(([key]) => !isOwn(key))
    .toSorted(([a], [b]) => a.localeCompare(b))
  return (
    <Section title="Tags" note={tags.length}>
      {tags.length > 0 && (
        <ul className="lines">
          {tags.map(([key, value]) => (
            <li key={key}>
              <span className="lines-key">{key}</span>
              <span className="lines-value">{value}</span>
              {editable && (
                <ActionIcon
                  size="xs"
                  aria-label={`Take the tag ${key} away`}
                  onClick={() => edit.mutate({ tags: { [key]: null } })}
                >
                  <Icon name="cross" size={12} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {editable && (
        <NewTag set={(key, value, done) => edit.mutate({ tags: { [key]: value } }, { onSuccess: done })} />
      )}
      {edit.error !== null && (
        <p role="alert" className="section-none fault">
          {edit.error.message}
        </p>
      )}
    </Section>
  )
}

interface NewTagProps {
  readonly set: (key: string, value: string, done: () => void) => void
}

function NewTag({ set }: NewTagProps) {
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  return (
    <form
      className="new-tag"
      onSubmit={(event) => {
        event.preventDefault()
        set(key.trim(), value, () => {
          setKey('')
          setValue('')
        })
      }}
    >
      <TextInput
        aria-label="Name of a new tag"
        placeholder="Name"
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        maxLength={250}
      />
      <TextInput
        aria-label="Value of a new tag"
        placeholder="Value"
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        maxLength={8000}
      />
      <Button type="submit" variant="default" disabled={key.trim() === ''}>
        Add
      </Button>
    </form>
  )
}
